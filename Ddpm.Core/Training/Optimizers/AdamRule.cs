using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary><see cref="OptimizerRule.Adam"/> and <see cref="OptimizerRule.AdamW"/>.</summary>
internal sealed record AdamRule : OptimizerRule
{
    internal AdamRule(double beta1, double beta2, double epsilon, double weightDecay = 0)
    {
        Beta1 = RuleArgument.Check(beta1 is >= 0 and < 1, nameof(beta1), beta1, "in [0, 1)");
        Beta2 = RuleArgument.Check(beta2 is >= 0 and < 1, nameof(beta2), beta2, "in [0, 1)");
        Epsilon = PositiveArgument.Check(epsilon, nameof(epsilon));
        WeightDecay = RuleArgument.Check(
            weightDecay is >= 0 and < double.PositiveInfinity, nameof(weightDecay), weightDecay, "at least 0 and finite");
    }

    public double Beta1 { get; }

    public double Beta2 { get; }

    public double Epsilon { get; }

    public double WeightDecay { get; }

    /// <summary>As PyTorch's optimiser names them.</summary>
    public override IReadOnlyList<string> Moments => ["exp_avg", "exp_avg_sq"];

    /// <inheritdoc/>
    public override bool WorksOnSlices() => true;

    /// <inheritdoc/>
    public override void Apply(OptimizerStep given)
    {
        ArgumentNullException.ThrowIfNull(given);
        if (!FusedAdam.TryApply(this, given))
            ApplyPlainly(given);
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant(
        $"{(WeightDecay == 0 ? "Adam" : $"AdamW {WeightDecay}")} β {Beta1}, {Beta2} ε {Epsilon}");

    /// <summary>The same in operators that every device has, a pass over memory each.</summary>
    internal void ApplyPlainly(OptimizerStep step)
    {
        using var scope = NewDisposeScope();
        var (g, m, v, w) = (step.ClippedGradient(), step.Moments[0], step.Moments[1], step.Weights);
        if (WeightDecay > 0)
            w.mul_(step.Taken.Times(step.LearningRate * WeightDecay).SubtractedFrom(1));
        m.PlusInPlace((g - m) * step.Taken.Times(1 - Beta1));
        v.mul_(step.Taken.Times(1 - Beta2).SubtractedFrom(1)).PlusInPlace(g.Squared().TimesInPlace(1 - Beta2));
        // 1 - β^k = -(e^(k ln β) - 1), on the device.
        Tensor Correction(double beta) => beta == 0 ? ones_like(step.Count) : step.Count.Times(Math.Log(beta)).exp().SubtractedFrom(1);
        var size = (v.sqrt() / Correction(Beta2).sqrt()).PlusInPlace(Epsilon);
        w.sub_(m / size * (step.Taken.Times(step.LearningRate) / Correction(Beta1)));
    }
}
