namespace Ddpm.Training;

/// <summary>
/// How much an image counts in the loss at its step, by the signal-to-noise ratio there, SNR = ᾱ/(1-ᾱ). Each is a weight w on (ε - ε_θ)², whatever
/// the network predicts: since that is SNR (x_0 - x̂_0)² and SNR/(SNR + 1) (v - v_θ)², a loss in x_0 gets w SNR, and one in v w SNR/(SNR + 1).
/// </summary>
public sealed record LossWeighting
{
    private readonly LossWeightingKind kind;
    private readonly double k, gamma;
    private readonly Func<double, double>? weight;

    private LossWeighting(LossWeightingKind kind, double k, double gamma, Func<double, double>? weight) =>
        (this.kind, this.k, this.gamma, this.weight) = (kind, k, gamma, weight);

    /// <summary>1 at every step in the space that the loss is taken in (Ho et al. 2020, L_simple).</summary>
    public static LossWeighting None { get; } = new(LossWeightingKind.None, 0, 0, null);

    /// <summary>w = min(SNR, γ)/SNR (Hang et al. 2023): steps of little noise count less.</summary>
    /// <param name="gamma">γ &gt; 0; 5 in the paper.</param>
    public static LossWeighting MinSnr(double gamma = 5)
    {
        PositiveArgument.Check(gamma, nameof(gamma));
        return new(LossWeightingKind.MinSnr, 0, gamma, snr => Math.Min(1, gamma / snr));
    }

    /// <summary>w = γ/(SNR + γ): min-SNR without its bend (Crowson et al. 2024).</summary>
    /// <param name="gamma">γ &gt; 0; 4 in the paper, for data of deviation 1/2.</param>
    public static LossWeighting SoftMinSnr(double gamma = 5)
    {
        PositiveArgument.Check(gamma, nameof(gamma));
        return new(LossWeightingKind.SoftMinSnr, 0, gamma, snr => gamma / (snr + gamma));
    }

    /// <summary>w = 1/(k + SNR)^γ (Choi et al. 2022): steps at which only details are left count less.</summary>
    /// <param name="k">&gt; 0; 1 in the paper.</param>
    /// <param name="gamma">γ ≥ 0; 0.5 or 1 in the paper.</param>
    public static LossWeighting P2(double k = 1, double gamma = 1)
    {
        PositiveArgument.Check(k, nameof(k));
        if (!(gamma is >= 0 and < double.PositiveInfinity))
            throw new ArgumentOutOfRangeException(nameof(gamma), gamma, "The exponent gamma must be at least 0 and finite.");
        return new(LossWeightingKind.P2, k, gamma, snr => Math.Pow(k + snr, -gamma));
    }

    /// <summary>Any other.</summary>
    /// <param name="weight">w, the weight on (ε - ε_θ)², by the SNR, from 0 (pure noise) up.</param>
    public static LossWeighting OfSnr(Func<double, double> weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        return new(LossWeightingKind.OfSnr, 0, 0, weight);
    }

    /// <summary>w, the weight on (ε - ε_θ)².</summary>
    /// <param name="at">Where an image is on the path.</param>
    public double At(DiffusionPoint at) => weight is null ? 1 : weight(at.AlphaBar / (at.Sigma * at.Sigma));

    /// <summary>Whether kind and numbers are the same; of <see cref="OfSnr"/>, the function.</summary>
    public bool Equals(LossWeighting? other) => other is not null && (kind, k, gamma) == (other.kind, other.k, other.gamma)
        && (kind != LossWeightingKind.OfSnr || weight == other.weight);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(kind, k, gamma);

    /// <summary>Its kind and numbers: "min-SNR 5".</summary>
    public override string ToString() => kind switch
    {
        LossWeightingKind.MinSnr => FormattableString.Invariant($"min-SNR {gamma}"),
        LossWeightingKind.SoftMinSnr => FormattableString.Invariant($"soft min-SNR {gamma}"),
        LossWeightingKind.P2 => FormattableString.Invariant($"P2 {k} {gamma}"),
        LossWeightingKind.OfSnr => "of SNR",
        _ => "none",
    };
}
