namespace Ddpm.Networks;

/// <summary>How images lie in memory when a network convolves them on the CPU: on some processors libtorch computes some layouts wrong.</summary>
public enum ConvolutionLayout
{
    /// <summary>It is not known, or as [N, C, H, W].</summary>
    Unknown,

    /// <summary>As [N, H, W, C], with a width somewhere that is no multiple of 16.</summary>
    ChannelsLast,

    /// <summary>As [N, H, W, C], and every width inside is a multiple of 16.</summary>
    ChannelsLastInBlocks,
}
