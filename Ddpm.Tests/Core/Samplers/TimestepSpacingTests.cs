namespace Ddpm.Tests.Core.Samplers;

public class TimestepSpacingTests
{
    private static double[] Steps(TimestepSpacing spacing, int steps) =>
        [.. spacing.Select(new DiffusionPath(new LinearSchedule(steps))).Select(point => point.T)];

    [Test]
    public void All_IsEveryStepDownwards() => Assert.That(Steps(TimestepSpacing.All, 4), Is.EqualTo(new[] { 3, 2, 1, 0 }));

    // Lin et al. 2024, table 2 (theirs counts from 1), for T = 1000 and 10 steps.
    [Test]
    public void TenSteps_AreThoseOfTheTable()
    {
        Assert.That(Steps(TimestepSpacing.Leading(10), 1000), Is.EqualTo(new[] { 900, 800, 700, 600, 500, 400, 300, 200, 100, 0 }));
        Assert.That(Steps(TimestepSpacing.Linspace(10), 1000), Is.EqualTo(new[] { 999, 888, 777, 666, 555, 444, 333, 222, 111, 0 }));
        Assert.That(Steps(TimestepSpacing.Trailing(10), 1000), Is.EqualTo(new[] { 999, 899, 799, 699, 599, 499, 399, 299, 199, 99 }));
    }

    [Test]
    public void Linspace_RoundsHalfToEven() => Assert.That(Steps(TimestepSpacing.Linspace(3), 1000), Is.EqualTo(new[] { 999, 500, 0 }));

    [Test]
    public void Trailing_WhereStepsDoNotDivide_RoundsEach() => Assert.That(Steps(TimestepSpacing.Trailing(3), 10), Is.EqualTo(new[] { 9, 6, 2 }));

    [Test]
    public void Leading_WithAnOffset_IsShifted() => Assert.That(Steps(TimestepSpacing.Leading(2, offset: 1), 10), Is.EqualTo(new[] { 6, 1 }));

    [Test]
    public void Select_OfMoreStepsThanThereAre_SaysSo([Values("leading", "linspace", "trailing")] string name)
    {
        var spacing = name switch
        {
            "leading" => TimestepSpacing.Leading(11),
            "linspace" => TimestepSpacing.Linspace(11),
            _ => TimestepSpacing.Trailing(11),
        };
        Assert.That(() => Steps(spacing, 10), Throws.ArgumentException.With.Message.Contains(name).And.Message.Contains("0..9"));
    }

    [TestCase(5, 5)]
    [TestCase(3, 7)]
    [TestCase(10, 2)]
    [TestCase(2, -1)]
    public void List_ThatDoesNotFallOrFit_SaysSo(int first, int second) =>
        Assert.That(() => Steps(TimestepSpacing.List(first, second), 10), Throws.ArgumentException);

    // Lists that guided-diffusion gives for T = 30; the sections of "10,10" by hand: 15 steps each, strides 14/9.
    [TestCase("ddim10", new double[] { 0, 3, 6, 9, 12, 15, 18, 21, 24, 27 })]
    [TestCase("10", new double[] { 0, 3, 6, 10, 13, 16, 19, 23, 26, 29 })]
    [TestCase("7", new double[] { 0, 5, 10, 14, 19, 24, 29 })]
    [TestCase("3,2", new double[] { 0, 7, 14, 15, 29 })]
    [TestCase("1", new double[] { 0 })]
    public void Respaced_IsGuidedDiffusions(string sections, double[] rising) =>
        Assert.That(
            TimestepSpacing.Respaced(sections).Select(new DiffusionPath(new LinearSchedule(30)), matchDiffusers: true).Select(point => point.T),
            Is.EqualTo(rising.Reverse()));

    // Where diffusers visits one step twice.
    [Test]
    public void Linspace_OfAsManyStepsAsTheProcessHas_VisitsEachOnce()
    {
        Assert.That(Steps(TimestepSpacing.Linspace(3, excludeLast: true), 3), Is.EqualTo(new[] { 2, 1 }));
        Assert.That(Steps(TimestepSpacing.Linspace(1000, excludeLast: true), 1000), Is.Ordered.Descending.And.Unique);
        Assert.That(Steps(TimestepSpacing.Linspace(3), 3), Is.EqualTo(new[] { 2, 1, 0 }));
    }

    [TestCase("5,10,15", "section 2 has 10 for 15")]
    [TestCase("ddim11", "exactly 11")]
    public void Respaced_ThatDoesNotFit_SaysSo(string sections, string message) =>
        Assert.That(() => Steps(TimestepSpacing.Respaced(sections), 30), Throws.ArgumentException.With.Message.Contains(message));

    [TestCase("")]
    [TestCase("ddim")]
    [TestCase("10,,10")]
    [TestCase("-3")]
    [TestCase("99999999999")]
    public void Respaced_OfOtherWords_IsRefused(string sections) => Assert.Throws<FormatException>(() => TimestepSpacing.Respaced(sections));

    [Test]
    public void Fenced_LeavesTheLastOut()
    {
        Assert.That(Steps(TimestepSpacing.Linspace(4, excludeLast: true), 1001), Is.EqualTo(new[] { 1000, 750, 500, 250 }));
        Assert.That(Steps(TimestepSpacing.Leading(4, excludeLast: true), 1000), Is.EqualTo(new[] { 800, 600, 400, 200 }));
    }

    [Test]
    public void Linspace_NotWhole_IsEven() =>
        Assert.That(Steps(TimestepSpacing.Linspace(3, whole: false), 1000), Is.EqualTo(new[] { 999, 499.5, 0 }));

    [Test]
    public void Ramps_BeginAtTheLastStepButAtMostAt160()
    {
        var (linear, cosine) = (new DiffusionPath(new LinearSchedule()), new DiffusionPath(new CosineSchedule(1000)));
        foreach (var spacing in (TimestepSpacing[])[TimestepSpacing.Karras(5), TimestepSpacing.Exponential(5), TimestepSpacing.Polyexponential(5)])
        {
            Assert.That(spacing.Select(linear)[0].Rho, Is.EqualTo(linear.HighestRho).Within(1e-9));
            Assert.That(spacing.Select(cosine)[0].Rho, Is.EqualTo(160).Within(1e-9));
        }
        Assert.That(TimestepSpacing.Karras(5, highest: 1000).Select(cosine)[0].Rho, Is.EqualTo(1000).Within(1e-9));
    }

    [Test]
    public void Levels_OutOfRange_AreRefused()
    {
        Assert.That(() => TimestepSpacing.Karras(10, 1, 2), Throws.ArgumentException.With.Message.Contains("0 < lowest <= highest"));
        Assert.Throws<ArgumentOutOfRangeException>(() => TimestepSpacing.Karras(10, power: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => TimestepSpacing.Karras(int.MaxValue));
        Assert.That(() => Steps(TimestepSpacing.Levels(3, 3), 30), Throws.ArgumentException);
        Assert.That(() => Steps(TimestepSpacing.Levels(3, double.NaN), 30), Throws.ArgumentException);
        Assert.That(() => Steps(TimestepSpacing.Levels(3, 0), 30), Throws.ArgumentException);
    }

    [Test]
    public void NoSteps_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => TimestepSpacing.Leading(0));
}
