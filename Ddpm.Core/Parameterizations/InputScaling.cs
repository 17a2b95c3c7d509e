namespace Ddpm.Parameterizations;

/// <summary>What a network is shown of x = α x_0 + σ ε, α² + σ² = 1.</summary>
public enum InputScaling
{
    /// <summary>x as it is (Ho et al. 2020).</summary>
    None,

    /// <summary>x/n with n = √(α² s² + σ²), its own deviation for data of deviation s (Karras et al. 2022, c_in). As it is where s = 1.</summary>
    UnitVariance,

    /// <summary>x/α = x_0 + ρ ε: a denoiser D(x; σ) in the notation of Karras et al. 2022, which scales its input inside.</summary>
    ImageScale,

    /// <summary>x/(α + σ) = (1 - τ) x_0 + τ ε: the state of flow matching.</summary>
    Flow,
}
