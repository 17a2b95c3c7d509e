using Ddpm.Imaging;
using SkiaSharp;

namespace Ddpm;

/// <summary>The only place that knows SkiaSharp: image files to bytes and back.</summary>
internal static class ImageCodec
{
    internal const long MaximumFile = 1L << 29;
    private const long HeadBytes = 1 << 16;

    /// <summary>Looks at the start of a file: its format and its size.</summary>
    /// <exception cref="DataFormatException">It is no image, or too large.</exception>
    internal static void Check(FileStream file, string name) => WithSkia(() =>
    {
        if (file.Length > HeadBytes)
        {
            using var head = Read(file, name, HeadBytes);
            using var codec = SKCodec.Create(head);
            if (codec is not null)
                return Size(codec, name);
        }
        file.Position = 0;
        using var whole = Read(file, name, file.Length);
        using var itsCodec = SKCodec.Create(whole);
        return Size(itsCodec, name);
    });

    /// <summary>Decodes an image into native memory, which is given back at once: large arrays would wait for the collector.</summary>
    /// <param name="file">Open at its start.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="admit">Told the number of pixels before memory is taken for them.</param>
    /// <param name="use">Makes of it what is wanted.</param>
    internal static T Decode<T>(FileStream file, string name, Action<long> admit, UseOfImage<T> use) =>
        Decode(file, file.Length, name, admit, use);

    /// <summary>The same of a stream whose length is known.</summary>
    internal static T Decode<T>(Stream file, long length, string name, Action<long> admit, UseOfImage<T> use) => WithSkia(() =>
    {
        using var data = Read(file, name, length);
        using var codec = SKCodec.Create(data);
        var (width, height) = Size(codec, name);
        admit((long)width * height);
        // Without a colour space no profile is applied: the stored values count.
        using var values = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        var result = codec!.GetPixels(values.Info, values.GetPixels());
        if (result != SKCodecResult.Success)
            throw new DataFormatException(name, null, $"the image must be whole and valid, but its decoder says {result}");
        var orientation = codec.EncodedFormat == SKEncodedImageFormat.Png ? PngOrientation.Of(data.AsSpan()) : (int)codec.EncodedOrigin;
        return use(new(width, height, values.GetPixelSpan(), codec.Info.ColorType == SKColorType.Gray8, orientation));
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

    // Read here: an exception of a stream that Skia reads would end the process.
    private static SKData Read(Stream file, string name, long length)
    {
        if (length > MaximumFile)
            throw new DataFormatException(name, null, $"an image file must be at most {MaximumFile} bytes, but has {length}");
        var data = SKData.Create((int)length);
        try
        {
            file.ReadExactly(data.Span);
            return data;
        }
        catch (Exception fault)
        {
            data.Dispose();
            if (fault is IOException and not DataFormatException)
                throw new DataFormatException(name, null, $"all of its {length} bytes must be readable, but are not", fault);
            throw;
        }
    }

    private static (int Width, int Height) Size(SKCodec? codec, string name)
    {
        if (codec?.EncodedFormat is not (SKEncodedImageFormat.Png or SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Bmp
            or SKEncodedImageFormat.Gif or SKEncodedImageFormat.Webp))
            throw new DataFormatException(name, null, "it must be a PNG, JPEG, BMP, GIF or WebP image, but is none, or is damaged at its start");
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        return width >= 1 && height >= 1 && (long)width * height <= Picture.MaximumPixels
            ? (width, height)
            : throw new DataFormatException(name, null, $"an image must have 1 to {Picture.MaximumPixels} pixels, but it says {width} x {height}");
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
