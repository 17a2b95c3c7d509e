namespace Ddpm.Samples;

/// <summary>At most 256 colours in place of a picture's: all of them where there are no more, otherwise by cuts where they vary most.</summary>
internal sealed class SixelPalette
{
    /// <summary>What every terminal with sixel graphics of our days has.</summary>
    public const int MostColors = 256;

    private readonly Dictionary<int, int> indices = [];
    private readonly int[] colors;

    /// <param name="pixels">Colours of three bytes each: red, green and blue, from the highest.</param>
    public SixelPalette(ReadOnlySpan<int> pixels)
    {
        var counts = new Dictionary<int, int>();
        foreach (var color in pixels)
            counts[color] = counts.GetValueOrDefault(color) + 1;
        // In one order, whatever the dictionary's.
        (int Color, int Count)[] entries = [.. counts.Select(each => (each.Key, each.Value)).OrderBy(each => each.Key)];
        colors = entries.Length <= MostColors ? [.. entries.Select(each => each.Color)] : Cut(entries);
        foreach (var (color, _) in entries)
            indices[color] = entries.Length <= MostColors ? Array.BinarySearch(colors, color) : Nearest(color);
    }

    /// <summary>The colours, three bytes each.</summary>
    public IReadOnlyList<int> Colors => colors;

    /// <summary>Which colour a pixel has: the nearest.</summary>
    /// <param name="color">One of the picture's.</param>
    public int IndexOf(int color) => indices[color];

    // The box of colours whose squares of distances to its mean are most in sum is cut in two, until there are as many as colours.
    private static int[] Cut((int Color, int Count)[] entries)
    {
        var boxes = new PriorityQueue<ColorBox, double>();
        Add(new(entries));
        while (boxes.Count < MostColors)
        {
            var (one, other) = boxes.Dequeue().Halves();
            Add(one);
            Add(other);
        }
        return [.. boxes.UnorderedItems.Select(each => each.Element.Mean).Distinct().Order()];

        void Add(ColorBox box) => boxes.Enqueue(box, -box.Error);
    }

    private int Nearest(int color)
    {
        var (nearest, least) = (0, int.MaxValue);
        for (var i = 0; i < colors.Length; i++)
        {
            var red = (colors[i] >> 16) - (color >> 16);
            var green = (colors[i] >> 8 & 255) - (color >> 8 & 255);
            var blue = (colors[i] & 255) - (color & 255);
            if (red * red + green * green + blue * blue is var distance && distance < least)
                (nearest, least) = (i, distance);
        }
        return nearest;
    }
}
