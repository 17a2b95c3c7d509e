namespace Ddpm.Networks;

/// <summary>How a network goes from one level to the next, down or up.</summary>
public enum Resampling
{
    /// <summary>Down: a 3x3 convolution with stride 2. Up: every pixel twice, then a 3x3 convolution. The paper's.</summary>
    Convolution,

    /// <summary>
    /// A residual block that halves (mean of 2x2) or doubles (every pixel twice) both its branches (Song et al. 2021; Dhariwal and Nichol 2021).
    /// </summary>
    ResidualBlock,

    /// <summary>No weights: the mean of 2x2 down, every pixel twice up.</summary>
    Plain,
}
