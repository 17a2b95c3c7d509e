using Ddpm.Training;
using static Ddpm.Tests.Models.Preflight.PreflightCase;

namespace Ddpm.Tests.Models.Preflight;

public class PreflightAverageTests
{
    private static readonly AverageProfile[] Profiles =
    [
        AverageProfile.Constant(0.9999), AverageProfile.Ramped(0.9999), AverageProfile.WarmUp(0.9999, 0.75), AverageProfile.HalfLife(),
        AverageProfile.HalfLife(20_000, rampUp: null), AverageProfile.Power(0.1), AverageProfile.WarmUp(0.9999, minimum: 0.9999),
    ];

    // w̄ ← β w̄ + (1 - β) w, with w̄ = 1 at first and w = 0 from then on.
    [Test, Combinatorial]
    public void FirstWeightsLeft_IsWhatTheRecursionLeaves(
        [ValueSource(nameof(Profiles))] AverageProfile profile, [Values(1, 2, 10, 3_000, 40_000)] int steps)
    {
        const int Batch = 64;
        var average = 1.0;
        for (var step = 0; step < steps; step++)
        {
            var decay = profile.DecayAt(step, Batch);
            average = decay * average + (1 - decay) * 0;
        }
        Assert.That(AverageCheck.FirstWeightsLeft(profile, steps, Batch), Is.EqualTo(average).Within(1e-9).Percent.Or.LessThan(1e-11));
    }

    [Test]
    public void FirstWeightsLeft_OfEndlesslyManySteps_TakesNoTime()
    {
        var left = AverageCheck.FirstWeightsLeft(AverageProfile.Constant(1 - 1e-9), int.MaxValue, 64);
        Assert.That(left, Is.EqualTo(Math.Exp(-int.MaxValue * 1e-9)).Within(0.01).Percent);
    }

    // What the finding advises does what it says.
    [Test]
    public void Finding_Advises_StepsAndADecayThatLeaveOnePercent()
    {
        using var model = new DiffusionBuilder().WithUNet(Small).Build();
        var options = Clean with { Averages = [AverageProfile.Constant(0.9999)] };
        var finding = model.CheckTraining(options, Images()).Of(TrainingFindingKind.AverageHoldsFirstWeights);
        Assert.That(finding.What, Does.Contain("2000 steps").And.Contains("constant 0.9999").And.Contains("81.9 %"));
        Assert.That(finding.Cure, Does.Contain("46050 steps").And.Contains("0.9977"));
        Assert.That(Math.Pow(0.9999, 46_050), Is.LessThanOrEqualTo(0.01).And.GreaterThan(0.0099));
        Assert.That(Math.Pow(0.9977, 2_000), Is.EqualTo(0.01).Within(1e-3));
        Assert.That(Kinds(model.CheckTraining(options with { Steps = 46_050 }, Images(4_000))), Is.Empty);
        Assert.That(Kinds(model.CheckTraining(options with { Averages = [AverageProfile.Constant(0.9976)] }, Images())), Is.Empty);
    }

    // Every one of several is looked at.
    [Test]
    public void Finding_IsMadeForEachAverageThatHoldsThem()
    {
        using var model = new DiffusionBuilder().WithUNet(Small).Build();
        var options = Clean with { Averages = [AverageProfile.Constant(0.9999), AverageProfile.Constant(0.99), AverageProfile.Constant(0.999)] };
        var findings = model.CheckTraining(options, Images()).Where(finding => finding.Kind == TrainingFindingKind.AverageHoldsFirstWeights);
        Assert.That(findings.Select(finding => finding.What), Has.Exactly(2).Items.And.None.Contains("'constant 0.99'"));
    }
}
