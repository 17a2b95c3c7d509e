namespace Ddpm;

/// <summary>
/// What a network's second C channels say of the variance σ_t² of an ancestral step (Nichol and Dhariwal 2021, section 3.1). β̃ and β are its bounds
/// (<see cref="AncestralVariance"/>).
/// </summary>
public enum LearnedVariance
{
    /// <summary>Nothing: the network has C channels, or the others are not looked at.</summary>
    None,

    /// <summary>Where between the two bounds: σ_t² = exp(f ln β_t + (1-f) ln β̃_t), f = (o + 1)/2 (equation 15).</summary>
    Range,

    /// <summary>ln σ_t².</summary>
    Logarithm,

    /// <summary>σ_t² itself, ≥ 0 (diffusers' "learned").</summary>
    Direct,
}
