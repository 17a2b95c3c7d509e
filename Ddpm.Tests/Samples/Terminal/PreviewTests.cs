using Ddpm.Samples;

namespace Ddpm.Tests.Samples.Terminal;

/// <summary>What is shown where: nothing, half-blocks in many or few colours, sixel graphics; and when the terminal is asked.</summary>
public class PreviewTests
{
    private static readonly TerminalTraits Usual = new()
    {
        IsOutput = true, IsInput = true, Term = "xterm-256color", ColorTerm = "truecolor", NoColor = null, HasBlocks = true, Columns = 80, Rows = 24,
    };

    [TestCase(false, "xterm", null)]
    [TestCase(true, "dumb", null)]
    [TestCase(true, "", null)]
    [TestCase(true, null, null)]
    [TestCase(true, "xterm", "1")]
    [TestCase(true, "xterm", "0")]
    public void Of_WhereNothingMayBeShown_NeitherAsksNorReads(bool isOutput, string? term, string? noColor) => Assert.That(
        new Preview(Usual with { IsOutput = isOutput, Term = term, NoColor = noColor }, () => throw new AssertionException("asked"))
            .Of(() => throw new AssertionException("read")), Is.Null);

    [Test]
    public void Of_WhereTheTerminalCannotAnswer_DoesNotAsk() => Assert.That(
        new Preview(Usual with { IsInput = false, NoColor = "" }, () => throw new AssertionException("asked")).Of(() => Pictures.Noise(1, 1)),
        Does.Contain('▀'));

    [TestCase("truecolor", true)]
    [TestCase("24bit", true)]
    [TestCase("yes", false)]
    [TestCase("", false)]
    [TestCase(null, false)]
    public void Of_ATerminalWithoutSixel_IsHalfBlocksInItsColors(string? colorTerm, bool isTrueColor)
    {
        var picture = Pictures.Noise(79, 96);
        foreach (var answer in (TerminalAnswer?[])[null, Answer("\e[?62c")])
            Assert.That(new Preview(Usual with { ColorTerm = colorTerm }, () => answer).Of(() => picture),
                Is.EqualTo(HalfBlocks.Encode(picture, isTrueColor)));
    }

    [Test]
    public void Of_AnEncodingWithoutHalfBlocks_IsSixelOrNothing()
    {
        var latin = Usual with { HasBlocks = false };
        Assert.That(new Preview(latin, () => null).Of(() => Pictures.Noise(1, 1)), Is.Null);
        Assert.That(new Preview(latin, () => Answer("\e[?62;4c")).Of(() => Pictures.Noise(1, 1)), Does.StartWith("\eP").And.EndsWith("\e\\\n"));
    }

    // One character is left free at the end of a line; two windows of lines are enough.
    [TestCase(80, 24, 1000, 100, 79, 8)]
    [TestCase(80, 24, 100, 1000, 10, 96)]
    [TestCase(80, 24, 30, 20, 60, 40)]
    [TestCase(2, 1, 1000, 1000, 1, 1)]
    [TestCase(1, 1, 1000, 1000, 1, 1)]
    [TestCase(int.MaxValue, 1_000_000_000, 1000, 1000, 400, 400)]
    public void Of_AWindow_FitsIntoIt(int columns, int rows, int width, int height, int shownWidth, int shownHeight)
    {
        var text = new Preview(Usual with { Columns = columns, Rows = rows }, () => null).Of(() => Pictures.Noise(width, height))!;
        var shown = HalfBlocksReader.Read(text);
        Assert.That((shown[0].Length, shown.Count(row => row[0] is not null)), Is.EqualTo((shownWidth, shownHeight)));
    }

    [TestCase("\e[?62;4c", 79 * 8, 79 * 4)]
    [TestCase("\e[6;20;10t\e[?62;4c", 79 * 10, 79 * 5)]
    [TestCase("\e[6;40;20t\e[?62;4c", 1000, 500)]
    public void Of_ATerminalWithSixel_FillsAsManyOfItsPixels(string answer, int width, int height)
    {
        var shown = new SixelReader(new Preview(Usual, () => Answer(answer)).Of(() => Pictures.Smooth(2000, 1000))![..^1]);
        Assert.That((shown.Width, shown.Pixels.Length / shown.Width), Is.EqualTo((width, height)));
    }

    private static TerminalAnswer Answer(string bytes)
    {
        var answer = new TerminalAnswer();
        foreach (var next in bytes)
            answer.Add((byte)next);
        return answer;
    }
}
