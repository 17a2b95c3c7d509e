using static TorchSharp.torch;

namespace Ddpm;

/// <summary>Many images in one picture.</summary>
public static class PictureGrid
{
    /// <summary>Images side by side, from left to right, then down.</summary>
    /// <param name="images">[N, C, H, W] in [-1, 1] with 1 or 3 channels.</param>
    /// <param name="columns">≥ 1.</param>
    /// <param name="scale">How many times larger each pixel is drawn, ≥ 1.</param>
    /// <param name="gap">White pixels between images, ≥ 0.</param>
    public static Picture Grid(Tensor images, int columns, int scale = 1, int gap = 0)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        return Draw(Cells(images), columns, scale, gap);
    }

    /// <summary>A column for each frame and a row for each image: x_t of a process over time.</summary>
    /// <param name="frames">At least one, each [N, C, H, W] in [-1, 1] with 1 or 3 channels, all of one shape.</param>
    /// <param name="scale">How many times larger each pixel is drawn, ≥ 1.</param>
    /// <param name="gap">White pixels between images, ≥ 0.</param>
    public static Picture Rows(IReadOnlyList<Tensor> frames, int scale = 1, int gap = 0)
    {
        ArgumentNullException.ThrowIfNull(frames);
        if (frames.Count == 0)
            throw new ArgumentException("There must be at least one frame.", nameof(frames));
        if (frames.FirstOrDefault(frame => !frame.shape.SequenceEqual(frames[0].shape)) is { } other)
            throw new ArgumentException($"Frames must have one shape, but the first is [{string.Join(", ", frames[0].shape)}] and another [{string.Join(", ", other.shape)}].", nameof(frames));
        var columns = frames.Select(Cells).ToArray();
        return Draw([.. Enumerable.Range(0, columns[0].Length).SelectMany(row => columns.Select(column => column[row]))], columns.Length, scale, gap);
    }

    private static Picture[] Cells(Tensor images)
    {
        if (images.dim() != 4 || images.shape[0] == 0)
            throw new ArgumentException($"Images must be [N, C, H, W] with at least one, but are [{string.Join(", ", images.shape)}].", nameof(images));
        using var scope = NewDisposeScope();
        return [.. Enumerable.Range(0, (int)images.shape[0]).Select(i => Picture.FromTensor(images[i]))];
    }

    private static Picture Draw(Picture[] cells, int columns, int scale, int gap)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(gap);
        columns = Math.Min(columns, cells.Length);
        var (channels, height, width) = (cells[0].Channels, cells[0].Height * scale, cells[0].Width * scale);
        var rows = (cells.Length + columns - 1) / columns;
        var (totalHeight, totalWidth) = (checked(rows * (height + gap) - gap), checked(columns * (width + gap) - gap));
        var canvas = new byte[checked(channels * totalHeight * totalWidth)];
        Array.Fill(canvas, (byte)255);
        for (var i = 0; i < cells.Length; i++)
        {
            var (top, left) = (i / columns * (height + gap), i % columns * (width + gap));
            var source = cells[i].Pixels.Span;
            for (var c = 0; c < channels; c++)
                for (var y = 0; y < height; y++)
                    for (var x = 0; x < width; x++)
                        canvas[(c * totalHeight + top + y) * totalWidth + left + x] = source[(c * cells[i].Height + y / scale) * cells[i].Width + x / scale];
        }
        return new(channels, totalHeight, totalWidth, canvas);
    }
}
