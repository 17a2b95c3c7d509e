using SkiaSharp;

namespace Ddpm.Imaging;

/// <summary>Animated WebP by SkiaSharp, which writes several frames since 4.148.</summary>
internal static class SkiaAnimation
{
    private static readonly SKWebpEncoderOptions Lossless = new(SKWebpEncoderCompression.Lossless, quality: 75);

    internal static byte[] Encode(IReadOnlyList<Picture> pictures, IReadOnlyList<TimeSpan> times) => SkiaLibrary.Use(() =>
    {
        var images = new List<SKImage>(pictures.Count);
        try
        {
            foreach (var picture in pictures)
                images.Add(SKImage.FromPixelCopy(
                    new SKImageInfo(picture.Width, picture.Height, SKColorType.Rgba8888, SKAlphaType.Opaque), picture.ToRgba()));
            SKWebpEncoderFrame[] frames = [.. images.Zip(times, (image, time) => new SKWebpEncoderFrame(image, time))];
            using var file = SKWebpEncoder.EncodeAnimated(frames, Lossless)
                ?? throw new InvalidOperationException($"SkiaSharp could not encode {frames.Length} pictures as WebP.");
            return file.ToArray();
        }
        finally
        {
            images.ForEach(image => image.Dispose());
        }
    });
}
