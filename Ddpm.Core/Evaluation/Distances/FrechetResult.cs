namespace Ddpm.Evaluation;

/// <summary>A Fréchet distance, and what to think of it.</summary>
/// <param name="MeanPart">|μ_a - μ_b|².</param>
/// <param name="CovariancePart">tr(Σ_a + Σ_b - 2 (Σ_a Σ_b)^½), not below 0 but for rounding.</param>
/// <param name="CountA">N of the one set; null: not known.</param>
/// <param name="CountB">N of the other set; null: not known.</param>
public sealed record FrechetResult(double MeanPart, double CovariancePart, long? CountA, long? CountB)
{
    /// <summary>d², which is what FID reports. 0 for equal sets.</summary>
    public double Value => Math.Max(0, MeanPart + CovariancePart);

    /// <summary>
    /// How far apart two sets of these sizes would be measured though they come from one and the same distribution, for normal features and to
    /// first order in 1/N. Distances of finite sets are too high by about that much (Chong and Forsyth 2020): compare only distances of equal N, and
    /// doubt differences below. Too low itself where N is not well above D. null: an N is not known.
    /// </summary>
    public double? Bias { get; init; }

    /// <summary>Whether a set has no more images than features: its covariance is singular, and the distance then says little.</summary>
    public bool IsRankDeficient { get; init; }
}
