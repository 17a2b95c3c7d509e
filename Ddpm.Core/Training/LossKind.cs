namespace Ddpm.Training;

/// <summary>
/// What is minimised. The first three are a mean over all values of a difference between the noise (or x_0, or v) and its prediction.
/// </summary>
public enum LossKind
{
    /// <summary>(ε - ε_θ)², the paper's L_simple (Ho et al. 2020, equation 14).</summary>
    L2,

    /// <summary>Quadratic below a difference of 1, linear above (Huber's loss with β = 1): the reference programs' choice.</summary>
    SmoothL1,

    /// <summary>|ε - ε_θ|.</summary>
    L1,

    /// <summary>
    /// T L_{t-1}, which is L_vlb on average: the bound itself, in bits a value (Nichol and Dhariwal 2021, section 3.1), as
    /// <see cref="Ddpm.Evaluation.VariationalBound"/> measures it but without clipping.
    /// </summary>
    VariationalBound,
}
