using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// Images [N, C, H, W] that lie in memory as [N, H, W, C]: in this layout oneDNN's convolutions of whole blocks were right on every processor seen,
/// and at least as fast.
/// </summary>
internal static class ChannelsLast
{
    /// <summary>Channels that oneDNN computes together.</summary>
    internal const int Block = 16;

    /// <summary>A copy in this layout.</summary>
    internal static Tensor Of(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (c, h, w) = (x.shape[1], x.shape[2], x.shape[3]);
        // Strides said outright: those of a permuted copy mean either layout where there is one channel or one pixel.
        return empty_strided(x.shape, [h * w * c, 1, w * c, c], x.dtype, x.device).copy_(x).MoveToOuterDisposeScope();
    }
}
