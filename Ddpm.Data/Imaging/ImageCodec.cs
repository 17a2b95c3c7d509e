using System.Runtime.InteropServices;
using SkiaSharp;

namespace Ddpm;

/// <summary>Picture files to bytes and back: the one place that knows SkiaSharp.</summary>
internal static class ImageCodec
{
    private const long LargestPicture = 100_000_000;

    /// <summary>Decodes PNG, JPEG, BMP, GIF (its first frame) or WebP. Transparent pixels are laid on white.</summary>
    /// <returns>Three planes of H rows of W bytes: red, green, blue.</returns>
    internal static (int Height, int Width, byte[] Pixels) Decode(string path) => Guard(() =>
    {
        using var stream = InputFile.Open(path);
        using var codec = SKCodec.Create(stream, out var result)
            ?? throw new DataFormatException(path, 0, $"a picture must be PNG, JPEG, BMP, GIF or WebP, but is none of them ({result})");
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if ((long)width * height is < 1 or > LargestPicture)
            throw new DataFormatException(path, 0, $"a picture must have 1..{LargestPicture} pixels, but has {width} x {height}");
        var rgba = new byte[4L * width * height];
        var handle = GCHandle.Alloc(rgba, GCHandleType.Pinned);
        try
        {
            var decoded = codec.GetPixels(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul), handle.AddrOfPinnedObject());
            if (decoded != SKCodecResult.Success)
                throw new DataFormatException(path, null, $"a picture must be whole, but decoding ended with {decoded}");
        }
        finally
        {
            handle.Free();
        }
        return (height, width, OnWhite(rgba, width * height));
    });

    /// <summary>Encodes planes as PNG.</summary>
    internal static void EncodePng(Stream stream, int channels, int height, int width, byte[] planes) => Guard(() =>
    {
        var interleaved = channels == 1 ? planes : Interleave(planes, height * width);
        var info = new SKImageInfo(width, height, channels == 1 ? SKColorType.Gray8 : SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var image = SKImage.FromPixelCopy(info, interleaved, info.RowBytes);
        using var data = image.Encode(SKEncodedImageFormat.Png, 100);
        data.SaveTo(stream);
        return true;
    });

    private static byte[] OnWhite(byte[] rgba, int pixels)
    {
        var planes = new byte[3L * pixels];
        for (var i = 0; i < pixels; i++)
        {
            var alpha = rgba[4 * i + 3];
            for (var c = 0; c < 3; c++)
                planes[(long)c * pixels + i] = (byte)((rgba[4 * i + c] * alpha + 255 * (255 - alpha) + 127) / 255);
        }
        return planes;
    }

    private static byte[] Interleave(byte[] planes, int pixels)
    {
        var rgba = new byte[4 * pixels];
        for (var i = 0; i < pixels; i++)
            (rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2], rgba[4 * i + 3]) = (planes[i], planes[pixels + i], planes[2 * pixels + i], 255);
        return rgba;
    }

    private static T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception fault) when (fault is DllNotFoundException or TypeInitializationException)
        {
            throw new InvalidOperationException(
                "Pictures need SkiaSharp's native library, but it cannot be loaded. On Linux, add the package SkiaSharp.NativeAssets.Linux.NoDependencies 2.88.9 to the application.", fault);
        }
    }
}
