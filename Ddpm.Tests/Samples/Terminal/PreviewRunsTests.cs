using System.Text;
using Ddpm.Samples;

namespace Ddpm.Tests.Samples.Terminal;

/// <summary>Real programs in a terminal: what they print is the picture that they write, and the terminal is as it was before.</summary>
public class PreviewRunsTests
{
    private const string SixelAnswer = "\e[?62;4c";

    // Very much more than a busy machine takes to print a picture, and yet an end.
    private const double Patience = 20;

    private TemporaryFolder folder = null!;

    [SetUp]
    public void SetUp()
    {
        if (OperatingSystem.IsWindows())
            Assert.Ignore("There are no pseudo-terminals for Python on Windows.");
        folder = new TemporaryFolder();
    }

    [TearDown] public void TearDown() => folder?.Dispose();

    [TestCase("\e[?62;22c", 0)]
    [TestCase("", 1)]
    public void ATerminalWithoutSixel_ShowsHalfBlocks(string answer, double seconds)
    {
        var seen = Forward(new() { Answer = answer });
        Assert.That(seen.Asked);
        Assert.That(seen.Seconds, Is.InRange(seconds, seconds + Patience));
        Assert.That(TextOf(seen), Does.EndWith(HalfBlocks.Encode(PictureFit.Into(Drawn(), 79, 96), isTrueColor: true)));
    }

    [TestCase(0)]
    [TestCase(0.5)]
    public void ATerminalWithSixel_ShowsIt(double delay)
    {
        var seen = Forward(new() { Answer = SixelAnswer, Delay = delay });
        Assert.That(TextOf(seen), Does.EndWith("\e[c" + Sixel.Encode(PictureFit.Into(Drawn(), 79 * 8, 48 * 16)) + "\n"));
    }

    [Test]
    public void WhatIsTypedBefore_StaysAndNothingIsAsked()
    {
        var seen = Forward(new() { Answer = SixelAnswer, TypedBefore = "ls\n" }, left: "ls\n");
        Assert.That(seen.Asked, Is.False);
        Assert.That(TextOf(seen), Does.Contain('▀'));
    }

    [Test]
    public void WhatIsTypedAfterTheAnswer_Stays() => Assert.That(Forward(new() { Answer = SixelAnswer + "ls\n" }, left: "ls\n").Asked);

    [Test]
    public void AProgramInTheBackground_IsNotStopped()
    {
        var seen = Forward(new() { Answer = SixelAnswer, InBackground = true });
        Assert.That(seen.Asked, Is.False);
        Assert.That(TextOf(seen), Does.Contain('▀'));
    }

    [TestCase("xterm", "NO_COLOR", "1")]
    [TestCase("dumb", "COLORTERM", "truecolor")]
    [TestCase("xterm", "COLORTERM", "truecolor", "--no-preview")]
    public void APictureThatNobodyWants_IsNotShown(string term, string variable, string value, params string[] flags)
    {
        var seen = Forward(new() { Answer = SixelAnswer, Environment = new() { ["TERM"] = term, [variable] = value } }, flags: flags);
        Assert.That(seen.Asked, Is.False);
        Assert.That(TextOf(seen), Does.EndWith($"wrote {folder.File("f.png")}\n"));
    }

    [Test]
    public void AWindowThatDoesNotSayItsWidth_IsTakenForOneOf80()
    {
        var seen = Forward(new() { Answer = "\e[?62c", Columns = 0, Environment = new() { ["TERM"] = "xterm" } });
        Assert.That(TextOf(seen), Does.EndWith(HalfBlocks.Encode(PictureFit.Into(Drawn(), 79, 96), isTrueColor: false)));
    }

    [Test]
    [Category("Slow")]
    public void ATraining_ShowsTheSamplesOfItsFolder()
    {
        var seen = Run(new() { Answer = "\e[?62c" }, "Train", "--data_type", "shapes", "--size", "16", "--network", "tiny", "--recipe", "small",
            "--batchsize", "8", "--steps", "2", "--timesteps", "20", "--out", folder.Path);
        Assert.That(TextOf(seen), Does.EndWith(
            HalfBlocks.Encode(PictureFit.Into(Picture.Load(folder.File("samples.png")), 79, 96), isTrueColor: true)));
    }

    [Test]
    public void OutputThatIsNoTerminal_HasNoPicture()
    {
        var seen = Forward(new() { Answer = SixelAnswer, IsPiped = true });
        Assert.That(seen.Asked, Is.False);
        // Before it, .NET itself sets up the terminal.
        Assert.That(TextOf(seen), Does.EndWith($"wrote {folder.File("f.png")}\n"));
    }

    private PseudoTerminal.Seen Forward(PseudoTerminal terminal, string left = "", params string[] flags) =>
        Run(terminal, "ForwardProcess", ["--size", "32", "--out", folder.File("f.png"), .. flags], left);

    private static PseudoTerminal.Seen Run(PseudoTerminal terminal, string sample, params string[] arguments) => Run(terminal, sample, arguments, "");

    private static PseudoTerminal.Seen Run(PseudoTerminal terminal, string sample, string[] arguments, string left)
    {
        var seen = terminal.Run(sample, arguments);
        Assert.That((seen.ExitCode, seen.Left, seen.IsRestored), Is.EqualTo((0, left, true)), TextOf(seen));
        return seen;
    }

    private Picture Drawn() => Picture.Load(folder.File("f.png"));

    // A terminal's line ends with two characters.
    private static string TextOf(PseudoTerminal.Seen seen) => Encoding.UTF8.GetString(seen.Printed).Replace("\r\n", "\n", StringComparison.Ordinal);
}
