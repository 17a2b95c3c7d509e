using static System.FormattableString;

namespace Ddpm.Training;

/// <summary><see cref="AverageProfile.Constant"/>.</summary>
internal sealed record ConstantAverage(double Decay) : AverageProfile
{
    public double Decay { get; } = CheckDecay(Decay);

    public override double DecayAt(int trainingStep, int batchSize) => Decay;

    public override string ToString() => Invariant($"constant {Decay}");
}

/// <summary><see cref="AverageProfile.Ramped"/>.</summary>
internal sealed record RampedAverage(double Decay) : AverageProfile
{
    public double Decay { get; } = CheckDecay(Decay);

    public override double DecayAt(int trainingStep, int batchSize) => Math.Min(Decay, (2.0 + trainingStep) / (11 + trainingStep));

    public override string ToString() => Invariant($"ramped {Decay}");
}

/// <summary><see cref="AverageProfile.WarmUp"/>.</summary>
internal sealed record WarmUpAverage(double Decay, double Exponent, double InverseGamma, double Minimum, int After) : AverageProfile
{
    public double Decay { get; } = CheckDecay(Decay);

    public double Exponent { get; } = PositiveArgument.Check(Exponent, "power");

    public double InverseGamma { get; } = PositiveArgument.Check(InverseGamma, nameof(InverseGamma));

    public double Minimum { get; } =
        RuleArgument.Check(Minimum >= 0 && Minimum <= Decay, nameof(Minimum), Minimum, "at least 0 and at most the decay");

    public int After { get; } = RuleArgument.Check(After >= 0, nameof(After), After, "at least 0");

    public override double DecayAt(int trainingStep, int batchSize) =>
        trainingStep <= After ? 0 : Math.Clamp(1 - Math.Pow(1 + (trainingStep - After) / InverseGamma, -Exponent), Minimum, Decay);

    public override string ToString() => Invariant($"warm-up {Decay} p {Exponent} γ {InverseGamma} min {Minimum} after {After}");
}

/// <summary><see cref="AverageProfile.HalfLife"/>.</summary>
internal sealed record HalfLifeAverage(double Images, double? RampUp) : AverageProfile
{
    public double Images { get; } = PositiveArgument.Check(Images, nameof(Images));

    public double? RampUp { get; } = RampUp is { } share
        ? RuleArgument.Check(share is > 0 and < double.PositiveInfinity, nameof(RampUp), share, "above 0 and finite, or null")
        : null;

    // EDM's program counts the images before the trainingStep.
    public override double DecayAt(int trainingStep, int batchSize)
    {
        var seen = (double)trainingStep * batchSize;
        return Math.Pow(0.5, batchSize / Math.Max(RampUp is { } share ? Math.Min(Images, seen * share) : Images, 1e-8));
    }

    public override string ToString() => Invariant($"half-life {Images} images ramp-up {(RampUp is { } share ? Invariant($"{share}") : "none")}");
}

/// <summary><see cref="AverageProfile.Power"/>.</summary>
internal sealed record PowerAverage(double RelativeWidth) : AverageProfile
{
    public double RelativeWidth { get; } = PostHocAverage.CheckWidth(RelativeWidth);

    private readonly double exponent = PostHocAverage.Exponent(RelativeWidth);

    public override double DecayAt(int trainingStep, int batchSize) => Math.Pow(1 - 1 / (trainingStep + 1.0), exponent + 1);

    public override string ToString() => Invariant($"power {RelativeWidth}");
}
