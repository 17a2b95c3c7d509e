using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>An 8-bit picture in memory: gray or red, green, blue.</summary>
public sealed class Picture
{
    private readonly byte[] pixels;

    internal Picture(int channels, int height, int width, byte[] pixels) => (Channels, Height, Width, this.pixels) = (channels, height, width, pixels);

    /// <summary>1 (gray) or 3 (red, green, blue).</summary>
    public int Channels { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>C planes of H rows of W bytes.</summary>
    public ReadOnlyMemory<byte> Pixels => pixels;

    /// <summary>Reads a PNG, JPEG, BMP, GIF (its first frame) or WebP file, in colour. Transparent pixels are laid on white.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFormatException">It is no picture, damaged, or larger than 100 million pixels.</exception>
    public static Picture Load(string path)
    {
        var (height, width, planes) = ImageCodec.Decode(path);
        return new(3, height, width, planes);
    }

    /// <summary>One image of a data set.</summary>
    /// <param name="dataset">Of 1 or 3 channels.</param>
    /// <param name="index">0 to Count-1.</param>
    public static Picture Of(IImageDataset dataset, int index)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var shape = dataset.Shape;
        CheckChannels(shape.Channels, nameof(dataset));
        var copy = new byte[shape.Values];
        dataset.CopyTo(index, copy);
        return new(shape.Channels, shape.Height, shape.Width, copy);
    }

    /// <summary>From the network's range: (x + 1) · 127.5, clipped and rounded.</summary>
    /// <param name="x">[1, C, H, W] or [C, H, W] with 1 or 3 channels.</param>
    public static Picture FromTensor(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!(x.dim() == 3 || (x.dim() == 4 && x.shape[0] == 1)))
            throw new ArgumentException($"A picture must be [1, C, H, W] or [C, H, W], but is [{string.Join(", ", x.shape)}].", nameof(x));
        var shape = x.shape[^3..];
        CheckChannels(shape[0], nameof(x));
        return new((int)shape[0], (int)shape[1], (int)shape[2], Ddpm.Pixels.ToArray(x));
    }

    /// <summary>Into the network's range: x / 127.5 - 1.</summary>
    /// <returns>float32 [1, C, H, W] on the CPU; the caller owns it.</returns>
    public Tensor ToTensor()
    {
        using var bytes = torch.tensor(pixels, [1, Channels, Height, Width], dtype: ScalarType.Byte);
        return Ddpm.Pixels.ToUnit(bytes);
    }

    /// <summary>Luma: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601).</summary>
    public Picture ToGray()
    {
        if (Channels == 1)
            return this;
        var size = Height * Width;
        var gray = new byte[size];
        for (var i = 0; i < size; i++)
            gray[i] = (byte)Math.Round(0.299 * pixels[i] + 0.587 * pixels[size + i] + 0.114 * pixels[2 * size + i]);
        return new(1, Height, Width, gray);
    }

    /// <summary>Resizes by bicubic interpolation, which averages over the pixels it leaves out when shrinking. The aspect ratio is not kept.</summary>
    /// <param name="width">≥ 1 pixel.</param>
    /// <param name="height">≥ 1 pixel.</param>
    public Picture Resize(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        return (width, height) == (Width, Height) ? this : new(Channels, height, width, BicubicResize.Apply(pixels, Channels, Height, Width, height, width));
    }

    /// <summary>Writes a PNG file; whole or not at all. Its folder is made if it is not there.</summary>
    /// <exception cref="IOException">The file cannot be written; an older one stays as it was.</exception>
    public void SavePng(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        AtomicFile.Write(path, stream => ImageCodec.EncodePng(stream, Channels, Height, Width, pixels));
    }

    private static void CheckChannels(long channels, string argument)
    {
        if (channels is not (1 or 3))
            throw new ArgumentException($"A picture must have 1 or 3 channels, but has {channels}.", argument);
    }
}
