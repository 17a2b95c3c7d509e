using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing.Processors.Quantization;

namespace Ddpm.Samples;

/// <summary>Pictures one after the other as an animated GIF, which ImageSharp writes and SkiaSharp does not.</summary>
internal static class DenoisingGif
{
    /// <param name="animation">At least one picture.</param>
    /// <param name="path">The file to write, whose folder is there.</param>
    public static void Save(PictureAnimation animation, string path)
    {
        using var gif = ImageSharpCodec.ToImage(animation.Pictures[0]);
        foreach (var picture in animation.Pictures.Skip(1))
        {
            using var image = ImageSharpCodec.ToImage(picture);
            gif.Frames.AddFrame(image.Frames.RootFrame);
        }
        foreach (var (frame, time) in gif.Frames.Cast<ImageFrame<Rgb24>>().Zip(animation.Times))
            frame.Metadata.GetGifMetadata().FrameDelay = (int)Math.Round(time.TotalMilliseconds / 10);      // GIF counts hundredths of a second
        gif.Metadata.GetGifMetadata().RepeatCount = 0;                                                      // for ever
        // Dithering would break the squares of one colour, and make the file ten times as large.
        var colours = new OctreeQuantizer(new QuantizerOptions { Dither = null });
        gif.SaveAsGif(path, new GifEncoder { ColorTableMode = GifColorTableMode.Local, Quantizer = colours });
    }
}
