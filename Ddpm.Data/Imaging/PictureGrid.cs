using Ddpm.Imaging;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>Many images in one picture.</summary>
public static class PictureGrid
{
    /// <summary>Images in reading order.</summary>
    /// <param name="images">[N, C, H, W] in [-1, 1], C = 1 or 3, N ≥ 1; values outside are clipped.</param>
    /// <param name="columns">Images in a row, ≥ 1; with fewer images the row is shorter.</param>
    /// <param name="scale">Every pixel becomes a square of this edge, ≥ 1.</param>
    /// <param name="gap">White pixels between images, ≥ 0.</param>
    /// <exception cref="ArgumentException">A rule is broken, or the picture would be over <see cref="Picture.MaximumPixels"/>.</exception>
    public static Picture Grid(Tensor images, int columns, int scale = 1, int gap = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        var (count, cell) = Extents(images, nameof(images));
        var width = Math.Min(count, columns);
        var sheet = new Sheet(cell, (count + width - 1) / width, width, scale, gap);
        var bytes = Pixels.ToArray(images);
        for (var i = 0; i < count; i++)
            sheet.Place(i / width, i % width, Image(bytes, i, cell));
        return sheet.ToPicture();
    }

    /// <summary>One row an image and one column a frame: how images come out of noise. With N = 1 it is a strip.</summary>
    /// <param name="frames">At least one, all of the same shape [N, C, H, W], in [-1, 1], C = 1 or 3, N ≥ 1; values outside are clipped.</param>
    /// <param name="scale">Every pixel becomes a square of this edge, ≥ 1.</param>
    /// <param name="gap">White pixels between images, ≥ 0.</param>
    /// <exception cref="ArgumentException">A rule is broken, or the picture would be over <see cref="Picture.MaximumPixels"/>.</exception>
    public static Picture Rows(IReadOnlyList<Tensor> frames, int scale = 1, int gap = 0)
    {
        ArgumentNullException.ThrowIfNull(frames);
        if (frames.Count == 0)
            throw new ArgumentException("There must be at least one frame.", nameof(frames));
        var first = Extents(frames[0], nameof(frames));
        var sheet = new Sheet(first.Cell, first.Count, frames.Count, scale, gap);
        for (var column = 0; column < frames.Count; column++)
        {
            if (Extents(frames[column], nameof(frames)) != first)
                throw new ArgumentException(
                    $"Frames must have one shape, but the first is {Text(frames[0])}, frame {column} {Text(frames[column])}.", nameof(frames));
            var bytes = Pixels.ToArray(frames[column]);
            for (var row = 0; row < first.Count; row++)
                sheet.Place(row, column, Image(bytes, row, first.Cell));
        }
        return sheet.ToPicture();
    }

    private static (int Count, ImageShape Cell) Extents(Tensor images, string name)
    {
        ArgumentNullException.ThrowIfNull(images, name);
        return images.shape is [> 0 and var count, 1 or 3, > 0, > 0]
            ? ((int)count, new((int)images.shape[1], (int)images.shape[2], (int)images.shape[3]))
            : throw new ArgumentException($"Images are [N, C, H, W] with N >= 1 and C = 1 or 3, but the tensor is {Text(images)}.", name);
    }

    private static ReadOnlySpan<byte> Image(byte[] bytes, int index, ImageShape shape) => bytes.AsSpan(index * (int)shape.Values, (int)shape.Values);

    private static string Text(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
