namespace Ddpm.Imaging;

/// <summary>Resizes a picture whose rows come strip by strip from the top: no memory for the whole is needed.</summary>
internal sealed class StripResize
{
    private const int StripBytes = 1 << 18;
    private readonly ImageShape from, to;
    private readonly (float Start, float End) across, down;
    private readonly byte[] rows, strip;
    private readonly int height;
    private int first, count;

    /// <summary>Takes the memory: H rows of the new width, and a strip.</summary>
    /// <param name="from">The picture's shape.</param>
    /// <param name="to">The new one, of as many channels.</param>
    /// <param name="fit">What becomes of other proportions.</param>
    internal StripResize(ImageShape from, ImageShape to, ImageFit fit)
    {
        (this.from, this.to) = (from, to);
        (across, down) = BicubicResize.Part(from, to, fit);
        height = Math.Clamp(StripBytes / (from.Channels * from.Width), 1, from.Height);
        rows = new byte[(long)from.Channels * from.Height * to.Width];
        strip = new byte[(long)from.Channels * height * from.Width];
    }

    /// <summary>The memory of the next strip, C planes of its rows; empty: there is none.</summary>
    internal Span<byte> NextStrip(out int firstRow, out int rowCount)
    {
        (firstRow, rowCount) = (first, count = Math.Min(height, from.Height - first));
        return strip.AsSpan(0, from.Channels * count * from.Width);
    }

    /// <summary>Says that the strip is filled.</summary>
    internal void EndStrip()
    {
        for (var c = 0; c < from.Channels; c++)
            BicubicResize.Pass(
                strip.AsSpan(c * count * from.Width, count * from.Width), count, from.Width, across, to.Width, 1,
                rows.AsSpan((c * from.Height + first) * to.Width, count * to.Width));
        first += count;
    }

    /// <summary>The new picture, when all strips were filled.</summary>
    internal void CopyTo(Span<byte> destination) => BicubicResize.Pass(rows, from.Channels, from.Height, down, to.Height, to.Width, destination);
}
