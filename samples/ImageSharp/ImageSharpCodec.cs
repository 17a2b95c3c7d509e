using System.Buffers;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Bmp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.Metadata;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.PixelFormats;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>ImageSharp as the library's codec, and its images to and from pictures and tensors. ImageSharp.props names the open advisories.</summary>
internal sealed class ImageSharpCodec : IImageCodec
{
    /// <summary>The five formats, without TIFF, TGA and PBM; of a GIF, only the first picture is decoded.</summary>
    public static Configuration Formats { get; } = New();

    public ImageHeader ReadHeader(ReadOnlyMemory<byte> file) => Guarded(() =>
    {
        var info = Image.Identify(Formats, PngChunks.Reduced(file.Span), out var format)
            ?? throw new InvalidDataException("it must be a PNG, JPEG, BMP, GIF or WebP image, but is none");
        var isGray = format is PngFormat && info.Metadata.GetPngMetadata().ColorType == PngColorType.Grayscale
            || format is JpegFormat && info.Metadata.GetJpegMetadata().ColorType == JpegColorType.Luminance;
        var orientation = info.Metadata.ExifProfile?.GetValue(ExifTag.Orientation)?.Value ?? 1;
        return new ImageHeader(info.Width, info.Height, isGray, orientation is >= 1 and <= 8 ? orientation : 1);
    });

    public IMemoryOwner<byte> Decode(ReadOnlyMemory<byte> file, ImageHeader header) => Guarded(() =>
    {
        using var image = Image.Load<Rgba32>(Formats, PngChunks.Reduced(file.Span));
        if (image.Width != header.Width || image.Height != header.Height)
            throw new InvalidDataException($"it must be {header.Width} x {header.Height}, as its header says, but is {image.Width} x {image.Height}");
        var length = 4 * image.Width * image.Height;
        var rgba = MemoryPool<byte>.Shared.Rent(length);
        image.CopyPixelDataTo(rgba.Memory.Span[..length]);
        return rgba;
    });

    public byte[] EncodePng(Picture picture)
    {
        using var image = ToImage(picture);
        using var file = new MemoryStream();
        image.SaveAsPng(file, new() { ColorType = picture.Channels == 1 ? PngColorType.Grayscale : PngColorType.Rgb, BitDepth = PngBitDepth.Bit8 });
        return file.ToArray();
    }

    public static Image<Rgb24> ToImage(Picture picture) =>
        Image.LoadPixelData<Rgb24>(Formats, picture.WithChannels(3).ToInterleaved(), picture.Width, picture.Height);

    /// <param name="x">Float [C, H, W] or [1, C, H, W] in [-1, 1], C = 1 or 3.</param>
    public static Image<Rgb24> ToImage(Tensor x) => ToImage(Picture.FromTensor(x));

    public static Picture ToPicture(Image<Rgb24> image)
    {
        var rows = new byte[3 * image.Width * image.Height];
        image.CopyPixelDataTo(rows);
        return Picture.FromInterleaved(new(3, image.Height, image.Width), rows);
    }

    /// <returns>float32 [1, 3, H, W] in [-1, 1]; the caller owns it.</returns>
    public static Tensor ToTensor(Image<Rgb24> image) => ToPicture(image).ToTensor();

    private static Configuration New()
    {
        var formats = new Configuration(new PngConfigurationModule(), new JpegConfigurationModule(), new BmpConfigurationModule(),
            new GifConfigurationModule(), new WebpConfigurationModule());
        formats.ImageFormatsManager.SetDecoder(GifFormat.Instance, new GifDecoder { DecodingMode = FrameDecodingMode.First });
        return formats;
    }

    // A decoder in C# meets a damaged file with whatever goes wrong first.
    private static T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception fault) when (fault is not (InvalidDataException or OutOfMemoryException))
        {
            throw new InvalidDataException($"it must be a whole and valid image, but its decoder says: {fault.Message}", fault);
        }
    }
}
