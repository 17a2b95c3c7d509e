namespace Ddpm;

/// <summary>What is minimised between the noise and its prediction, a mean over all values.</summary>
public enum LossKind
{
    /// <summary>(ε - ε_θ)², the paper's L_simple (Ho et al. 2020, equation 14).</summary>
    L2,

    /// <summary>Quadratic below a difference of 1, linear above (Huber's loss with β = 1): the reference programs' choice.</summary>
    SmoothL1,
}
