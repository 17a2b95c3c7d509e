namespace Ddpm;

/// <summary>
/// The variance σ_t² of an ancestral step (Ho et al. 2020, section 3.2; Nichol and Dhariwal 2021, section 3.1). The learned kinds need a network
/// of 2C channels; with a fixed one the second C channels of such a network are not looked at.
/// </summary>
public enum AncestralVariance
{
    /// <summary>σ_t² = β_t: right for x_0 ~ N(0, I). The paper's choice for CIFAR-10.</summary>
    FixedLarge,

    /// <summary>σ_t² = β̃_t = (1-ᾱ_{t-1})/(1-ᾱ_t) β_t: right for a single x_0.</summary>
    FixedSmall,

    /// <summary>The network's second C channels o say where between the two: σ_t² = exp(f ln β_t + (1-f) ln β̃_t), f = (o + 1)/2.</summary>
    LearnedRange,

    /// <summary>The network's second C channels are ln σ_t².</summary>
    LearnedLogarithm,

    /// <summary>The network's second C channels are σ_t² itself, ≥ 0 (diffusers' "learned").</summary>
    Learned,
}
