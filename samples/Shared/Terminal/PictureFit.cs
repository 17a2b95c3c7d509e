namespace Ddpm.Samples;

/// <summary>A picture as large as a place for it: smaller by averages over areas, larger in squares of whole pixels.</summary>
internal static class PictureFit
{
    /// <summary>The picture in its proportions.</summary>
    /// <param name="picture">Any.</param>
    /// <param name="width">Pixels that there are, ≥ 1.</param>
    /// <param name="height">Pixels that there are, ≥ 1.</param>
    /// <returns>Three channels; at least one edge is the place's if the picture was larger, to a whole multiple if it was smaller.</returns>
    public static Picture Into(Picture picture, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        var colored = picture.WithChannels(3);
        if (picture.Width <= width && picture.Height <= height)
            return Enlarge(colored, Math.Min(width / picture.Width, height / picture.Height));
        return (long)picture.Width * height >= (long)picture.Height * width
            ? Shrink(colored, width, Edge(picture.Height, width, picture.Width))
            : Shrink(colored, Edge(picture.Width, height, picture.Height), height);
    }

    private static int Edge(long edge, int to, int from) => (int)Math.Max(1, (2 * edge * to + from) / (2L * from));

    private static Picture Enlarge(Picture picture, int times)
    {
        if (times == 1)
            return picture;
        var target = new ImageShape(3, picture.Height * times, picture.Width * times);
        var from = picture.Pixels.Span;
        var to = new byte[target.Values];
        for (int row = 0, at = 0; row < 3 * target.Height; row++)
            for (var column = 0; column < target.Width; column++)
                to[at++] = from[row / times * picture.Width + column / times];
        return new(target, to);
    }

    // A target pixel is the mean over what lies under it, in which source pixels count by their areas: in whole numbers, rounded once.
    private static Picture Shrink(Picture picture, int width, int height)
    {
        var target = new ImageShape(3, height, width);
        var to = new byte[target.Values];
        var sums = new long[width];
        var area = (long)picture.Width * picture.Height;
        for (var row = 0; row < 3 * height; row++)
        {
            var (plane, y) = Math.DivRem(row, height);
            Array.Clear(sums);
            foreach (var (source, weight) in Under(y, picture.Height, height))
                AddRow(picture.Pixels.Span.Slice((plane * picture.Height + source) * picture.Width, picture.Width), weight, sums);
            for (var x = 0; x < width; x++)
                to[row * width + x] = (byte)((2 * sums[x] + area) / (2 * area));
        }
        return new(target, to);
    }

    private static void AddRow(ReadOnlySpan<byte> row, int weight, long[] sums)
    {
        for (var x = 0; x < sums.Length; x++)
        {
            var sum = 0L;
            foreach (var (source, part) in Under(x, row.Length, sums.Length))
                sum += part * (long)row[source];
            sums[x] += weight * sum;
        }
    }

    // Which source pixels lie under a target pixel on one axis, and how much of each: in parts of which a target pixel has `from`.
    private static IEnumerable<(int Source, int Part)> Under(int target, long from, long to)
    {
        var (begin, end) = (target * from, (target + 1) * from);
        for (var source = begin / to; source * to < end; source++)
            yield return ((int)source, (int)(Math.Min(end, (source + 1) * to) - Math.Max(begin, source * to)));
    }
}
