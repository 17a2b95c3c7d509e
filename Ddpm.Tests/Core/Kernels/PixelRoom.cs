using Ddpm.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Kernels;

/// <summary>
/// Images [N, C, H, W] that lie in memory as kernels want them, in the middle of wider pixels if there are channels before and after them: what lies
/// there must stay as it is.
/// </summary>
internal sealed class PixelRoom
{
    private readonly Tensor all, before;
    private readonly int first, channels;

    internal PixelRoom(Tensor images, int before = 0, int after = 0)
    {
        var shape = images.shape;
        (first, channels) = (before, (int)shape[1]);
        all = ChannelsLast.Of(Kernel.Normal(99, shape[0], before + channels + after, shape[2], shape[3]));
        all.narrow(1, first, channels).copy_(images);
        this.before = all.clone();
    }

    /// <summary>As a kernel sees it.</summary>
    internal PixelBlock Block => PixelBlock.Of(all).Part(first, channels);

    /// <summary>What the images are now; nothing else may have changed.</summary>
    internal Tensor Read()
    {
        var images = all.narrow(1, first, channels).clone();
        var expected = before.clone();
        expected.narrow(1, first, channels).copy_(images);
        Expect.Same(all, expected);
        return images;
    }
}
