namespace Ddpm;

/// <summary>
/// The variance σ_t² of an ancestral step (Ho et al. 2020, section 3.2). It counts where the network does not say the variance itself
/// (<see cref="LearnedVariance"/>).
/// </summary>
public enum AncestralVariance
{
    /// <summary>σ_t² = β_t: right for x_0 ~ N(0, I). The paper's choice for CIFAR-10.</summary>
    FixedLarge,

    /// <summary>σ_t² = β̃_t = (1-ᾱ_{t-1})/(1-ᾱ_t) β_t: right for a single x_0.</summary>
    FixedSmall,
}
