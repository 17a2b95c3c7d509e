namespace Ddpm.Kernels;

/// <summary>What memory is for: each place has its own, which grows to the largest that is asked for.</summary>
internal enum KernelPlace
{
    /// <summary>Tiles before and after the products of <see cref="WinogradLayer"/>.</summary>
    Inputs,

    /// <inheritdoc cref="Inputs"/>
    Outputs,

    /// <summary>Weights that <see cref="WinogradLayer"/> has just transformed.</summary>
    Kernels,

    /// <summary>Sums and coefficients of <see cref="NormLayer"/>.</summary>
    Sums,

    /// <inheritdoc cref="Sums"/>
    Coefficients,

    /// <summary>Keys, values and scores of <see cref="AttentionLayer"/>.</summary>
    Keys,

    /// <inheritdoc cref="Keys"/>
    Values,

    /// <inheritdoc cref="Keys"/>
    Scores,

    /// <summary>Nothing but zeros: the pixels outside of an image.</summary>
    Zeros,

    /// <summary>The first are the user's own.</summary>
    First,
}
