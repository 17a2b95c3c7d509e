using Ddpm.Kernels;

namespace Ddpm.Networks;

/// <summary>One evaluation of a compiled UNet: its memory, and what its blocks are told of the time.</summary>
internal sealed class UNetRun(KernelMemory memory, TimeTold time)
{
    internal KernelMemory Memory { get; } = memory;

    internal TimeTold Time { get; } = time;

    /// <summary>A block of images as large as others, with so many channels.</summary>
    internal PixelBlock Scratch(Place place, PixelBlock like, int channels) => Block(place, like.Images, like.Height, like.Width, channels);

    /// <param name="place">Where.</param>
    /// <param name="images">N.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="channels">C.</param>
    /// <param name="number">Which of several at this place.</param>
    internal PixelBlock Block(Place place, int images, int height, int width, int channels, int number = 0) =>
        Memory.Block((int)place + number, images, height, width, channels);
}
