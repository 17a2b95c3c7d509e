namespace Ddpm.Samples;

/// <summary>Colours that become one, unless the box is cut.</summary>
internal sealed class ColorBox
{
    private readonly ArraySegment<(int Color, int Count)> entries;
    private readonly int cutShift;
    private readonly double cutMean;

    /// <param name="entries">Different colours of three bytes, and how often each is there; their order will change.</param>
    public ColorBox(ArraySegment<(int Color, int Count)> entries)
    {
        this.entries = entries;
        var largest = -1.0;
        foreach (var shift in (int[])[16, 8, 0])
        {
            var (count, sum, squares) = (0L, 0L, 0L);
            foreach (var (color, times) in entries)
            {
                long value = color >> shift & 255;
                count += times;
                sum += times * value;
                squares += times * value * value;
            }
            var mean = (double)sum / count;
            var error = Math.Max(squares - sum * mean, 0);
            Mean |= (int)Math.Round(mean) << shift;
            Error += error;
            if (error > largest)
                (largest, cutShift, cutMean) = (error, shift, mean);
        }
    }

    /// <summary>The colour in their place, three bytes.</summary>
    public int Mean { get; }

    /// <summary>The squares of the distances to the mean, in sum over all pixels.</summary>
    public double Error { get; }

    /// <summary>Two boxes, below and above the mean of the channel that varies most.</summary>
    public (ColorBox One, ColorBox Other) Halves()
    {
        var (mean, shift) = (cutMean, cutShift);
        entries.AsSpan().Sort((one, other) => (one.Color >> shift & 255, one.Color).CompareTo((other.Color >> shift & 255, other.Color)));
        var first = 1;
        while (first < entries.Count - 1 && (entries[first].Color >> shift & 255) <= mean)
            first++;
        return (new(entries[..first]), new(entries[first..]));
    }
}
