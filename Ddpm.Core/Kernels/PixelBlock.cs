using static TorchSharp.torch;

namespace Ddpm.Kernels;

/// <summary>
/// Images as kernels read and write them: [N, H, W, C] float32. Pixels may lie further apart than their channels are wide, so that what two layers
/// make lies side by side where a third reads both.
/// </summary>
internal readonly unsafe struct PixelBlock(float* first, int images, int height, int width, int channels, nint apart)
{
    internal PixelBlock(float* first, int images, int height, int width, int channels)
        : this(first, images, height, width, channels, channels)
    {
    }

    internal float* First { get; } = first;

    internal int Images { get; } = images;

    internal int Height { get; } = height;

    internal int Width { get; } = width;

    internal int Channels { get; } = channels;

    /// <summary>From a pixel to the next, in values.</summary>
    internal nint Apart { get; } = apart;

    /// <summary>A tensor [N, C, H, W] that lies in memory as [N, H, W, C]; it must live as long as the block is used.</summary>
    internal static PixelBlock Of(Tensor images) => new(
        (float*)LibtorchOperator.Memory(images), (int)images.shape[0], (int)images.shape[2], (int)images.shape[3], (int)images.shape[1]);

    /// <summary>Of one image.</summary>
    internal int Pixels => Height * Width;

    /// <summary>Some of the channels.</summary>
    internal PixelBlock Part(int firstChannel, int count) => new(First + firstChannel, Images, Height, Width, count, Apart);
}
