namespace Ddpm;

/// <summary>One point of the path x = α x_0 + σ ε.</summary>
/// <param name="T">What the network is told; 0-based, may be fractional. -1 at the end.</param>
/// <param name="Alpha">α = √ᾱ, the factor of the image.</param>
/// <param name="Sigma">σ = √(1 - ᾱ), the factor of the noise.</param>
public readonly record struct DiffusionPoint(double T, double Alpha, double Sigma)
{
    /// <summary>The end of every path: x_0 itself.</summary>
    public static DiffusionPoint Data { get; } = new(-1, 1, 0);

    /// <summary>ᾱ = α² where α² + σ² = 1: how much of the image's variance is left.</summary>
    public double AlphaBar => Alpha * Alpha;

    /// <summary>ρ = σ/α: the noise level when the image keeps its size (σ of Karras et al. 2022); +∞ in pure noise.</summary>
    public double Rho => Sigma / Alpha;

    /// <summary>τ = σ/(α + σ): the time of flow matching, where (1 - τ) x_0 + τ ε = x/(α + σ); 0 at the data, 1 in pure noise.</summary>
    public double FlowTime => Sigma / (Alpha + Sigma);

    /// <summary>λ = ln(α/σ): half the logarithm of the signal-to-noise ratio (Lu et al. 2022); +∞ at the data, -∞ in pure noise.</summary>
    public double Lambda => Math.Log(Alpha) - Math.Log(Sigma);
}
