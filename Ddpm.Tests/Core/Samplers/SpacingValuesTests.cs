namespace Ddpm.Tests.Core.Samplers;

/// <summary>A spacing is its kind and its settings: it compares and prints so.</summary>
public class SpacingValuesTests
{
    private static readonly DiffusionPath Path = new(new LinearSchedule());

    private static IEnumerable<string> Names => EverySpacing.Names;

    [Test]
    public void Spacings_AreEqualOnlyWhereKindAndSettingsAre([ValueSource(nameof(Names))] string name)
    {
        var spacing = EverySpacing.All[name]();
        foreach (var (other, make) in EverySpacing.All)
        {
            Assert.That(spacing == make(), Is.EqualTo(other == name), other);
            if (other == name)
                Assert.That(spacing.GetHashCode(), Is.EqualTo(make().GetHashCode()));
        }
    }

    [Test]
    public void ToString_IsKindAndSettings([ValueSource(nameof(Names))] string name) =>
        Assert.That(EverySpacing.All[name]().ToString(), Is.EqualTo(name));

    [Test]
    public void Samplers_AreEqualWhereTheirSettingsAre()
    {
        Assert.That(new DdimSampler(50) == new DdimSampler(50));
        Assert.That(new DdimSampler(50) == new DdimSampler(49), Is.False);
        Assert.That(new UniPcSolver(5) { Uncorrected = [0, 2] } == new UniPcSolver(5) { Uncorrected = [0, 2] });
        Assert.That(new UniPcSolver(5) { Uncorrected = [0, 2] } == new UniPcSolver(5) { Uncorrected = [0, 1] }, Is.False);
        Assert.That(new DdimSampler(50).ToString(), Does.Contain("Spacing = leading 50"));
    }

    [Test]
    public void List_OfAnArrayThatChanges_KeepsWhatItWas()
    {
        double[] steps = [9, 5, 0];
        var spacing = TimestepSpacing.List(steps);
        steps[1] = 7;
        Assert.That(spacing, Is.EqualTo(TimestepSpacing.List(9, 5, 0)));
    }

    // Kinds with settings that a list of points would not tell.
    [Test]
    public void WithCount_KeepsEverySetting()
    {
        Assert.That(TimestepSpacing.Karras(9, 80, 0.02, 5).WithCount(20, Path), Is.EqualTo(TimestepSpacing.Karras(20, 80, 0.02, 5)));
        Assert.That(TimestepSpacing.Leading(9, 3, true).WithCount(20, Path), Is.EqualTo(TimestepSpacing.Leading(20, 3, true)));
        Assert.That(TimestepSpacing.Vp(9, 19).WithCount(20, Path), Is.EqualTo(TimestepSpacing.Vp(20, 19)));
        Assert.That(TimestepSpacing.FlowTime(9, 3).WithCount(20, Path), Is.EqualTo(TimestepSpacing.FlowTime(20, 3)));
        Assert.That(TimestepSpacing.Respaced("9").WithCount(20, Path), Is.EqualTo(TimestepSpacing.Respaced("20")));
    }
}
