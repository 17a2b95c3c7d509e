using Ddpm.Networks;

namespace Ddpm;

/// <summary>
/// Classifier-free guidance (Ho and Salimans 2022, equation 6, with scale = 1 + w): the network is asked with the labels and with the null class,
/// in one batch of twice the size, and its output becomes null + scale (label - null).
/// </summary>
public sealed record Guidance
{
    private readonly double scale, lowest, highest = double.PositiveInfinity;

    /// <summary>Says how much.</summary>
    /// <param name="scale">≥ 0 and finite. 0 is unconditional, 1 is the labels' output as it is, each at the cost of one image;
    /// above 1 is guided.</param>
    public Guidance(double scale) => Scale = scale;

    /// <summary>How far to go from the unconditional towards the conditional output.</summary>
    public double Scale
    {
        get => scale;
        init => scale = value is >= 0 and < double.PositiveInfinity
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Scale), value, "The guidance scale must be at least 0 and finite.");
    }

    /// <summary>
    /// Guidance is on where ρ = σ/α is above this (Kynkäänniemi et al. 2024, σ_lo), elsewhere the scale is 1. 0 by default;
    /// <see cref="DiffusionPath.At(int)"/> has ρ by step.
    /// </summary>
    public double LowestRho
    {
        get => lowest;
        init => lowest = value >= 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(LowestRho), value, "The lowest noise level must be at least 0.");
    }

    /// <summary>Guidance is on where ρ = σ/α is at most this (σ_hi of the paper), elsewhere the scale is 1. +∞ by default.</summary>
    public double HighestRho
    {
        get => highest;
        init => highest = value >= 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(HighestRho), value, "The highest noise level must be at least 0.");
    }

    /// <param name="traits">The network's.</param>
    /// <param name="hasLabels">Whether labels are given. A network of embeddings takes zeros for none.</param>
    internal void Check(NetworkTraits traits, bool hasLabels)
    {
        var hasNullClass = traits.NullClass is not null;
        if (scale != 1 && traits.EmbeddingWidth == 0 && !(hasLabels && hasNullClass))
            throw new ArgumentException(
                $"Guidance needs labels and a network with a null class, but there {(hasNullClass ? "are no labels" : "is no null class")}.");
    }

    internal double ScaleAt(DiffusionPoint at) => at.Rho > lowest && at.Rho <= highest ? scale : 1;
}
