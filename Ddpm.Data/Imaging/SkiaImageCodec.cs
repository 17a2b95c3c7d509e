using System.Buffers;
using Ddpm.Imaging;
using SkiaSharp;

namespace Ddpm;

/// <summary>PNG, JPEG, BMP, GIF and WebP by SkiaSharp: the default. Files that are cut or damaged are refused.</summary>
public sealed class SkiaImageCodec : IImageCodec
{
    private SkiaImageCodec()
    {
    }

    /// <summary>The one that is used where none is named.</summary>
    public static SkiaImageCodec Default { get; } = new();

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">SkiaSharp's native library is missing.</exception>
    public ImageHeader ReadHeader(ReadOnlyMemory<byte> file) => SkiaLibrary.Use(() =>
    {
        using var pinned = new PinnedData(file);
        using var codec = SKCodec.Create(pinned.Data);
        if (codec?.EncodedFormat is not (SKEncodedImageFormat.Png or SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Bmp
            or SKEncodedImageFormat.Gif or SKEncodedImageFormat.Webp))
            throw new InvalidDataException("it must be a PNG, JPEG, BMP, GIF or WebP image, but is none, or is damaged at its start");
        var orientation = codec.EncodedFormat == SKEncodedImageFormat.Png ? PngOrientation.Of(file.Span) : (int)codec.EncodedOrigin;
        return new ImageHeader(codec.Info.Width, codec.Info.Height, codec.Info.ColorType == SKColorType.Gray8, orientation);
    });

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">SkiaSharp's native library is missing.</exception>
    public IMemoryOwner<byte> Decode(ReadOnlyMemory<byte> file, ImageHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        return SkiaLibrary.Use(() =>
        {
            using var pinned = new PinnedData(file);
            using var codec = SKCodec.Create(pinned.Data);
            if (codec is null || codec.Info.Width != header.Width || codec.Info.Height != header.Height)
                throw new InvalidDataException($"it must be an image of {header.Width} x {header.Height}, as its header says");
            // Without a colour space no profile is applied: the stored values count.
            var pixels = new BitmapMemory(new(header.Width, header.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
            if (pixels.Read(codec) is var result && result == SKCodecResult.Success)
                return pixels;
            ((IDisposable)pixels).Dispose();
            throw new InvalidDataException($"the image must be whole and valid, but its decoder says {result}");
        });
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">SkiaSharp's native library is missing.</exception>
    public byte[] EncodePng(Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        return SkiaLibrary.Use(() =>
        {
            var gray = picture.Channels == 1;
            var info = new SKImageInfo(picture.Width, picture.Height, gray ? SKColorType.Gray8 : SKColorType.Rgba8888, SKAlphaType.Opaque);
            using var image = SKImage.FromPixelCopy(info, gray ? picture.Pixels.Span : picture.ToRgba());
            using var png = image.Encode(SKEncodedImageFormat.Png, quality: 100);
            return png.ToArray();
        });
    }
}
