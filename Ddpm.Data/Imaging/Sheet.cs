namespace Ddpm.Imaging;

/// <summary>Cells of one size in rows and columns on white.</summary>
internal sealed class Sheet
{
    private readonly ImageShape cell, whole;
    private readonly int scale, gap;
    private readonly byte[] pixels;

    internal Sheet(ImageShape cell, int rows, int columns, int scale, int gap)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(gap);
        (this.cell, this.scale, this.gap) = (cell, scale, gap);
        whole = new(cell.Channels, Extent(rows, cell.Height), Extent(columns, cell.Width));
        Picture.Check(whole);
        pixels = new byte[whole.Values];
        pixels.AsSpan().Fill(255);
    }

    /// <summary>Copies one image into its cell, each pixel as a square of scale x scale.</summary>
    internal void Place(int row, int column, ReadOnlySpan<byte> image)
    {
        var (top, left) = (row * (cell.Height * scale + gap), column * (cell.Width * scale + gap));
        for (var line = 0; line < cell.Channels * cell.Height; line++)
            for (var y = 0; y < scale; y++)
            {
                var channel = line / cell.Height;
                var to = pixels.AsSpan((channel * whole.Height + top + line % cell.Height * scale + y) * whole.Width + left);
                for (var x = 0; x < cell.Width; x++)
                    to.Slice(x * scale, scale).Fill(image[line * cell.Width + x]);
            }
    }

    internal Picture ToPicture() => new(whole, pixels);

    private int Extent(int cells, int edge)
    {
        var extent = (decimal)cells * edge * scale + (decimal)(cells - 1) * gap;
        return extent <= Picture.MaximumPixels
            ? (int)extent
            : throw new ArgumentException($"A picture has at most {Picture.MaximumPixels} pixels, but an edge would have {extent}.");
    }
}
