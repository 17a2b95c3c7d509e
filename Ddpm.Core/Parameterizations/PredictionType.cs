namespace Ddpm;

/// <summary>
/// What a network predicts, as a mix p x_0 + q ε. Each follows from the others at any point x = α x_0 + σ ε. s is the deviation of the data
/// (<see cref="Parameterization.SigmaData"/>), n = √(α² s² + σ²).
/// </summary>
public enum PredictionType
{
    /// <summary>The noise ε (Ho et al. 2020, equation 14).</summary>
    Epsilon,

    /// <summary>The clean image x_0.</summary>
    X0,

    /// <summary>
    /// The velocity v = (α s/n) ε - (σ/(s n)) x_0; for s = 1 v = α ε - σ x_0 (Salimans and Ho 2022, appendix D): as well scaled at all noise as ε is
    /// at much, x_0 at little.
    /// </summary>
    V,

    /// <summary>F of Karras et al. 2022 (EDM), table 1, with D = c_skip x + c_out F: minus v.</summary>
    Edm,

    /// <summary>The velocity ε - x_0 of the straight line (1 - τ) x_0 + τ ε (Liu et al. 2023; Lipman et al. 2023), τ = σ/(α + σ).</summary>
    Flow,
}
