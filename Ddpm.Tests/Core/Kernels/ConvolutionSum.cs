namespace Ddpm.Tests.Core.Kernels;

/// <summary>What is added to a convolution.</summary>
public enum ConvolutionSum
{
    Nothing,

    /// <summary>A block elsewhere.</summary>
    Another,

    /// <summary>What lies where the result goes.</summary>
    InPlace,
}
