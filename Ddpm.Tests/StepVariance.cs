namespace Ddpm.Tests;

/// <summary>The variances of an ancestral step, fixed or learned.</summary>
public enum StepVariance
{
    FixedLarge,
    FixedSmall,
    LearnedRange,
    LearnedLogarithm,
    Learned,
}

/// <summary>A variance as the two settings that say it.</summary>
internal static class StepVariances
{
    internal static AncestralVariance Fixed(this StepVariance variance) =>
        variance == StepVariance.FixedSmall ? AncestralVariance.FixedSmall : AncestralVariance.FixedLarge;

    internal static LearnedVariance Learned(this StepVariance variance) => variance switch
    {
        StepVariance.LearnedRange => LearnedVariance.Range,
        StepVariance.LearnedLogarithm => LearnedVariance.Logarithm,
        StepVariance.Learned => LearnedVariance.Direct,
        _ => LearnedVariance.None,
    };

    internal static Parameterization Epsilon(this StepVariance variance) => Parameterization.Epsilon with { Variance = variance.Learned() };
}
