namespace Ddpm;

/// <summary>What a network predicts. Each follows from the others at any point x = α x_0 + σ ε.</summary>
public enum PredictionType
{
    /// <summary>The noise ε (Ho et al. 2020, equation 14).</summary>
    Epsilon,

    /// <summary>The clean image x_0.</summary>
    X0,

    /// <summary>
    /// The velocity v = α ε - σ x_0 (Salimans and Ho 2022, appendix D): as well scaled at all noise as ε is at much, x_0 at little.
    /// </summary>
    V,
}
