namespace Ddpm;

/// <summary>
/// How much an image counts in the loss at its step, by the signal-to-noise ratio there, SNR = ᾱ/(1-ᾱ). Each is a weight w on (ε - ε_θ)², whatever the
/// network predicts: since that is SNR (x_0 - x̂_0)² and SNR/(SNR + 1) (v - v_θ)², a loss in x_0 gets w SNR, and one in v w SNR/(SNR + 1).
/// </summary>
public sealed class LossWeighting
{
    private readonly string name;
    private readonly Func<double, double>? weight;

    private LossWeighting(string name, Func<double, double>? weight) => (this.name, this.weight) = (name, weight);

    /// <summary>1 at every step in the space that the loss is taken in (Ho et al. 2020, L_simple).</summary>
    public static LossWeighting None { get; } = new("none", null);

    /// <summary>w = min(SNR, γ)/SNR (Hang et al. 2023): steps of little noise count less.</summary>
    /// <param name="gamma">γ &gt; 0; 5 in the paper.</param>
    public static LossWeighting MinSnr(double gamma = 5)
    {
        Positive(gamma, nameof(gamma));
        return new(FormattableString.Invariant($"min-SNR {gamma}"), snr => Math.Min(1, gamma / snr));
    }

    /// <summary>w = γ/(SNR + γ): min-SNR without its bend (Crowson et al. 2024).</summary>
    /// <param name="gamma">γ &gt; 0; 4 in the paper, for data of deviation 1/2.</param>
    public static LossWeighting SoftMinSnr(double gamma = 5)
    {
        Positive(gamma, nameof(gamma));
        return new(FormattableString.Invariant($"soft min-SNR {gamma}"), snr => gamma / (snr + gamma));
    }

    /// <summary>w = 1/(k + SNR)^γ (Choi et al. 2022): steps at which only details are left count less.</summary>
    /// <param name="k">&gt; 0; 1 in the paper.</param>
    /// <param name="gamma">γ ≥ 0; 0.5 or 1 in the paper.</param>
    public static LossWeighting P2(double k = 1, double gamma = 1)
    {
        Positive(k, nameof(k));
        if (!(gamma is >= 0 and < double.PositiveInfinity))
            throw new ArgumentOutOfRangeException(nameof(gamma), gamma, "The exponent gamma must be at least 0 and finite.");
        return new(FormattableString.Invariant($"P2 {k} {gamma}"), snr => Math.Pow(k + snr, -gamma));
    }

    /// <summary>Any other.</summary>
    /// <param name="weight">w, the weight on (ε - ε_θ)², by the SNR, from 0 (pure noise) up.</param>
    public static LossWeighting OfSnr(Func<double, double> weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        return new("of SNR", weight);
    }

    /// <summary>w, the weight on (ε - ε_θ)².</summary>
    /// <param name="at">Where an image is on the path.</param>
    public double At(DiffusionPoint at) => weight is null ? 1 : weight(at.AlphaBar / (at.Sigma * at.Sigma));

    /// <summary>Its name and numbers.</summary>
    public override string ToString() => name;

    private static void Positive(double value, string name)
    {
        if (!(value is > 0 and < double.PositiveInfinity))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be above 0 and finite.");
    }
}
