using Ddpm.Imaging;
using SkiaSharp;

namespace Ddpm;

/// <summary>The only place that knows SkiaSharp: image files to bytes and back.</summary>
internal static class ImageCodec
{
    private const long MaximumFile = 1L << 29;

    internal static RgbaImage Decode(FileStream file, string name, Action<long> admit) => WithSkia(() =>
    {
        if (file.Length > MaximumFile)
            throw new DataFormatException(name, null, $"an image file must be at most {MaximumFile} bytes, but has {file.Length}");
        using var data = SKData.Create(file);
        using var codec = data is null ? null : SKCodec.Create(data);
        if (codec?.EncodedFormat is not (SKEncodedImageFormat.Png or SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Bmp
            or SKEncodedImageFormat.Gif or SKEncodedImageFormat.Webp))
            throw new DataFormatException(name, null, "it must be a PNG, JPEG, BMP, GIF or WebP image, but is none, or is damaged at its start");
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if (width < 1 || height < 1 || (long)width * height > Picture.MaximumPixels)
            throw new DataFormatException(name, null, $"an image must have 1 to {Picture.MaximumPixels} pixels, but it says {width} x {height}");
        admit((long)width * height);
        // Without a colour space no profile is applied: the stored values count.
        var values = new byte[4L * width * height];
        var result = codec.GetPixels(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul), values);
        if (result != SKCodecResult.Success)
            throw new DataFormatException(name, null, $"the image must be whole and valid, but its decoder says {result}");
        var orientation = codec.EncodedFormat == SKEncodedImageFormat.Png ? PngOrientation.Of(data!.AsSpan()) : (int)codec.EncodedOrigin;
        return new RgbaImage(width, height, values, codec.Info.ColorType == SKColorType.Gray8, orientation);
    });

    internal static byte[] EncodePng(Picture picture) => WithSkia(() =>
    {
        var gray = picture.Channels == 1;
        var info = new SKImageInfo(picture.Width, picture.Height, gray ? SKColorType.Gray8 : SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var image = SKImage.FromPixelCopy(info, gray ? picture.Pixels.Span : Interleave(picture));
        using var png = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        return png.ToArray();
    });

    /// <summary>Runs what needs Skia's native library; where that is missing, the exception says what to add.</summary>
    internal static T WithSkia<T>(Func<T> use)
    {
        try
        {
            return use();
        }
        catch (Exception exception) when (exception is DllNotFoundException || exception.InnerException is DllNotFoundException)
        {
            throw new InvalidOperationException("Image files need the native library of SkiaSharp, which cannot be loaded: "
                + "on Linux, add the package SkiaSharp.NativeAssets.Linux.NoDependencies, in the version of SkiaSharp, to the program.", exception);
        }
    }

    private static byte[] Interleave(Picture picture)
    {
        var planes = picture.Pixels.Span;
        var size = picture.Height * picture.Width;
        var values = new byte[4L * size];
        for (var i = 0; i < size; i++)
            (values[4 * i], values[4 * i + 1], values[4 * i + 2], values[4 * i + 3]) = (planes[i], planes[size + i], planes[2 * size + i], 255);
        return values;
    }
}
