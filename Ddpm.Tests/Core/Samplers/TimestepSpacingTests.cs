namespace Ddpm.Tests.Core.Samplers;

public class TimestepSpacingTests
{
    private static double[] Steps(TimestepSpacing spacing, int steps) => [.. spacing.Select(new DiffusionPath(new LinearSchedule(steps))).Select(point => point.T)];

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
        var spacing = name switch { "leading" => TimestepSpacing.Leading(11), "linspace" => TimestepSpacing.Linspace(11), _ => TimestepSpacing.Trailing(11) };
        Assert.That(() => Steps(spacing, 10), Throws.ArgumentException.With.Message.Contains(name).And.Message.Contains("0..9"));
    }

    [TestCase(5, 5)]
    [TestCase(3, 7)]
    [TestCase(10, 2)]
    [TestCase(2, -1)]
    public void List_ThatDoesNotFallOrFit_SaysSo(int first, int second) =>
        Assert.That(() => Steps(TimestepSpacing.List(first, second), 10), Throws.ArgumentException);

    [Test]
    public void NoSteps_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => TimestepSpacing.Leading(0));
}
