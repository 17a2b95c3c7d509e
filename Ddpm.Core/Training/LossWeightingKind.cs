namespace Ddpm.Training;

/// <summary>The formulas of <see cref="LossWeighting"/>.</summary>
internal enum LossWeightingKind
{
    None,
    MinSnr,
    SoftMinSnr,
    P2,
    OfSnr,
}
