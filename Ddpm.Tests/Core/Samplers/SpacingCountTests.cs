namespace Ddpm.Tests.Core.Samplers;

/// <summary>A spacing with another number of points is of the same kind, also when all that is left of it is a list.</summary>
public class SpacingCountTests
{
    private static readonly DiffusionPath Path = new(new LinearSchedule());

    private static readonly Dictionary<string, Func<int, TimestepSpacing>> Kinds = new()
    {
        ["leading"] = n => TimestepSpacing.Leading(n),
        ["leading, offset 1"] = n => TimestepSpacing.Leading(n, offset: 1),
        ["leading, excludeLast"] = n => TimestepSpacing.Leading(n, excludeLast: true),
        ["linspace"] = n => TimestepSpacing.Linspace(n),
        ["linspace, excludeLast"] = n => TimestepSpacing.Linspace(n, excludeLast: true),
        ["linspace, fractional"] = n => TimestepSpacing.Linspace(n, whole: false),
        ["trailing"] = TimestepSpacing.Trailing,
        ["quadratic"] = TimestepSpacing.Quadratic,
        ["uniform"] = TimestepSpacing.Uniform,
        ["karras"] = n => TimestepSpacing.Karras(n),
        ["karras, between"] = n => TimestepSpacing.Karras(n, 80, 0.02),
        ["exponential"] = n => TimestepSpacing.Exponential(n),
        ["exponential, between"] = n => TimestepSpacing.Exponential(n, 80, 0.02),
        ["polyexponential"] = n => TimestepSpacing.Polyexponential(n, power: 2),
        ["vp"] = n => TimestepSpacing.Vp(n),
    };

    // Numbers for which no kind repeats a step and no two make the same list.
    [Test]
    public void WithCount_OfEachKindAndItsList_IsThatKind(
        [ValueSource(nameof(KindNames))] string kind, [Values(8, 20, 25)] int before, [Values(1, 8, 100)] int after, [Values] bool list)
    {
        var spacing = Kinds[kind](before);
        var points = spacing.Select(Path);
        if (list)
            spacing = points.All(point => Path.At(point.T) == point)
                ? TimestepSpacing.List([.. points.Select(point => point.T)])
                : TimestepSpacing.Levels([.. points.Select(point => point.Rho)]);
        var expected = Kinds[kind](after).Select(Path).ToArray();
        var found = spacing.WithCount(after, Path).Select(Path);
        Assert.That(found.Select(point => point.Rho / Path.HighestRho),
            Is.EqualTo(expected.Select(point => point.Rho / Path.HighestRho)).Within(1e-9));
    }

    [Test]
    public void WithCount_OfAsMany_IsTheSameSpacing()
    {
        var spacing = TimestepSpacing.List(900, 300, 5);
        Assert.That(spacing.WithCount(3, Path), Is.SameAs(spacing));
    }

    [Test]
    public void WithCount_OfAllSteps_IsTrailing() => Assert.That(
        TimestepSpacing.All.WithCount(4, Path).Select(Path).Select(point => point.T), Is.EqualTo(new[] { 999, 749, 499, 249 }));

    // A list of nobody's kind, dense at its clean end.
    [Test]
    public void WithCount_OfAListOfOnesOwn_KeepsItsEndsAndItsShape()
    {
        var spacing = TimestepSpacing.List(900, 300, 100, 50, 20);
        Assert.That(Steps(9), Is.EqualTo(new[] { 900, 600, 300, 200, 100, 75, 50, 35, 20 }));
        Assert.That(Steps(3), Is.EqualTo(new[] { 900, 100, 20 }));
        Assert.That(Steps(2), Is.EqualTo(new[] { 900, 20 }));
        Assert.That(Steps(1), Is.EqualTo(new[] { 900 }));

        double[] Steps(int count) => [.. spacing.WithCount(count, Path).Select(Path).Select(point => point.T)];
    }

    [Test]
    public void WithCount_OfLevelsOfOnesOwn_KeepsTheirEndsAndTheirShape() => Assert.That(
        TimestepSpacing.Levels(100, 1, 0.5).WithCount(5, Path).Select(Path).Select(point => point.Rho),
        Is.EqualTo(new[] { 100, 10, 1, Math.Sqrt(0.5), 0.5 }).Within(1e-9));

    [Test]
    public void WithCount_OfOneStep_GoesDownFromIt() => Assert.That(
        TimestepSpacing.List(499).WithCount(5, Path).Select(Path).Select(point => point.T), Is.EqualTo(new[] { 499, 399, 299, 199, 99 }));

    [Test]
    public void WithCount_BelowOne_IsRefused([Values(0, -1)] int count) =>
        Assert.That(() => TimestepSpacing.Trailing(5).WithCount(count, Path), Throws.TypeOf<ArgumentOutOfRangeException>());

    private static IEnumerable<string> KindNames => Kinds.Keys;
}
