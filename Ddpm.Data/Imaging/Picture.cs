using Ddpm.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>An 8-bit picture in memory, gray or red, green, blue. It does not change.</summary>
public sealed partial class Picture
{
    /// <summary>The largest picture, in pixels: what a hostile file may claim is limited.</summary>
    public const int MaximumPixels = 100_000_000;

    /// <summary>Wraps pixels; the array is used as it is, not copied.</summary>
    /// <param name="shape">C, H and W; C is 1 (gray) or 3 (red, green, blue).</param>
    /// <param name="pixels">C planes of H rows of W bytes.</param>
    /// <exception cref="ArgumentException">C is neither 1 nor 3, the picture is too large, or the length does not agree.</exception>
    public Picture(ImageShape shape, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        Check(shape);
        if (pixels.Length != shape.Values)
            throw new ArgumentException($"A picture of {shape} has {shape.Values} bytes, but there are {pixels.Length}.", nameof(pixels));
        (Shape, Pixels) = (shape, pixels);
    }

    /// <summary>C, H and W.</summary>
    public ImageShape Shape { get; }

    /// <summary>1 for gray, 3 for red, green, blue.</summary>
    public int Channels => Shape.Channels;

    /// <summary>H in pixels.</summary>
    public int Height => Shape.Height;

    /// <summary>W in pixels.</summary>
    public int Width => Shape.Width;

    /// <summary>C planes of H rows of W bytes, 0 to 255: the layout of a tensor [C, H, W].</summary>
    public ReadOnlyMemory<byte> Pixels { get; }

    /// <summary>One image of a data set.</summary>
    /// <exception cref="ArgumentException">The data set has neither one nor three channels.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such image.</exception>
    public static Picture Of(IImageDataset dataset, int index)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        Check(dataset.Shape);
        var pixels = new byte[dataset.Shape.Values];
        dataset.CopyTo(index, pixels);
        return new(dataset.Shape, pixels);
    }

    /// <summary>One image in the network's range; values outside are clipped.</summary>
    /// <param name="x">Float [C, H, W] or [1, C, H, W] in [-1, 1], C = 1 or 3.</param>
    /// <exception cref="ArgumentException">The tensor has another shape.</exception>
    public static Picture FromTensor(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.shape is not ([1, 1 or 3, > 0, > 0] or [1 or 3, > 0, > 0]))
            throw new ArgumentException(
                $"A picture is [C, H, W] or [1, C, H, W] with C = 1 or 3, but this is [{string.Join(", ", x.shape)}].", nameof(x));
        var shape = x.shape[^3..];
        return new(new((int)shape[0], (int)shape[1], (int)shape[2]), Ddpm.Pixels.ToArray(x));
    }

    /// <summary>The picture in the network's range.</summary>
    /// <returns>float32 [1, C, H, W] in [-1, 1] on the CPU; the caller owns it.</returns>
    public Tensor ToTensor()
    {
        using var bytes = torch.tensor(Pixels.ToArray(), Shape.Batch(1), dtype: ScalarType.Byte);
        return Ddpm.Pixels.ToUnit(bytes);
    }

    /// <summary>Enlarges or shrinks by bicubic interpolation that averages where it shrinks: bit for bit as the Python library Pillow.</summary>
    /// <param name="width">New W, ≥ 1.</param>
    /// <param name="height">New H, ≥ 1.</param>
    /// <param name="fit">
    /// What becomes of a picture of other proportions: all of it is squashed (Pillow's <c>resize</c>), or its centre is cut out
    /// (<c>ImageOps.fit</c>).
    /// </param>
    /// <exception cref="ArgumentException">The result would be over <see cref="MaximumPixels"/>, or the fit is none.</exception>
    public Picture Resize(int width, int height, ImageFit fit = ImageFit.Squash)
    {
        var target = new ImageShape(Channels, height, width);
        Check(target);
        CheckFit(fit);
        return new(target, BicubicResize.Resize(Pixels.Span, Shape, target, fit));
    }

    /// <summary>The picture in gray (luma of ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B), or gray as three equal channels.</summary>
    /// <param name="channels">1 or 3.</param>
    /// <exception cref="ArgumentException">The number is another.</exception>
    public Picture WithChannels(int channels)
    {
        var target = new ImageShape(channels, Height, Width);
        Check(target);
        if (channels == Channels)
            return this;
        var from = Pixels.Span;
        var size = Height * Width;
        var to = new byte[target.Values];
        for (var i = 0; i < to.Length; i++)
            to[i] = channels == 3 ? from[i % size] : Luma(from[i], from[size + i], from[2 * size + i]);
        return new(target, to);
    }

    /// <summary>What every picture obeys; to be asked before memory is taken.</summary>
    internal static void Check(ImageShape shape)
    {
        if (shape.Channels is not (1 or 3) || (long)shape.Height * shape.Width is < 1 or > MaximumPixels)
            throw new ArgumentException($"A picture has 1 or 3 channels and at most {MaximumPixels} pixels, but this would be {shape} (C x H x W).");
    }

    internal static void CheckFit(ImageFit fit)
    {
        if (!Enum.IsDefined(fit))
            throw new ArgumentException($"A fit must be one of {string.Join(", ", Enum.GetNames<ImageFit>())}, but is {fit}.", nameof(fit));
    }

    // The weights in 1/65536, rounded: Pillow's.
    internal static byte Luma(int red, int green, int blue) => (byte)((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16);
}
