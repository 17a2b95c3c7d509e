namespace Ddpm.Imaging;

/// <summary>A white picture to draw on; what lies outside is cut off.</summary>
internal sealed class PlotCanvas
{
    private readonly byte[] pixels;
    private readonly int width, height;

    internal PlotCanvas(int width, int height)
    {
        (this.width, this.height, pixels) = (width, height, new byte[3 * width * height]);
        pixels.AsSpan().Fill(255);
    }

    internal Picture ToPicture() => new(new(3, height, width), pixels);

    internal void Rectangle(int left, int top, int wide, int high, int colour)
    {
        for (var y = Math.Max(top, 0); y < Math.Min(top + high, height); y++)
            for (var x = Math.Max(left, 0); x < Math.Min(left + wide, width); x++)
                Blend(x, y, colour, 1);
    }

    /// <summary>Copies a picture, its top left corner at a place; it lies wholly inside. Gray becomes three equal channels.</summary>
    internal void Place(Picture picture, int left, int top)
    {
        var from = picture.WithChannels(3).Pixels.Span;
        for (var line = 0; line < 3 * picture.Height; line++)
        {
            var (channel, y) = (line / picture.Height, line % picture.Height);
            from.Slice(line * picture.Width, picture.Width).CopyTo(pixels.AsSpan((channel * height + top + y) * width + left));
        }
    }

    /// <summary>Joins points with a line of round ends; the overlap of its parts is not drawn twice.</summary>
    internal void Line(IReadOnlyList<(double X, double Y)> points, double thickness, int colour)
    {
        var covered = new Dictionary<(int X, int Y), double>();
        for (var i = 0; i < points.Count; i++)
            Cover(covered, points[Math.Max(i - 1, 0)], points[i], thickness / 2);
        foreach (var ((x, y), share) in covered)
            Blend(x, y, colour, share);
    }

    /// <summary>Draws text, its top left corner at a place, each dot of the font as a square of scale x scale.</summary>
    internal void Text(string text, int left, int top, int colour, int scale = 2)
    {
        for (var i = 0; i < text.Length; i++)
            for (var dot = 0; dot < PixelFont.Columns * PixelFont.Rows; dot++)
            {
                var (column, row) = (dot / PixelFont.Rows, dot % PixelFont.Rows);
                if (PixelFont.IsSet(text[i], column, row))
                    Rectangle(left + (i * PixelFont.Advance + column) * scale, top + row * scale, scale, scale, colour);
            }
    }

    // Coverage of a pixel: 1 inside the line, falling to 0 over one pixel at its edge.
    private void Cover(Dictionary<(int X, int Y), double> covered, (double X, double Y) a, (double X, double Y) b, double half)
    {
        var (left, right) = (Math.Max((int)(Math.Min(a.X, b.X) - half - 1), 0), Math.Min((int)(Math.Max(a.X, b.X) + half + 1), width - 1));
        var (top, bottom) = (Math.Max((int)(Math.Min(a.Y, b.Y) - half - 1), 0), Math.Min((int)(Math.Max(a.Y, b.Y) + half + 1), height - 1));
        for (var y = top; y <= bottom; y++)
            for (var x = left; x <= right; x++)
            {
                var share = Math.Clamp(half + 0.5 - Distance((x + 0.5, y + 0.5), a, b), 0, 1);
                if (share > covered.GetValueOrDefault((x, y)))
                    covered[(x, y)] = share;
            }
    }

    private static double Distance((double X, double Y) point, (double X, double Y) a, (double X, double Y) b)
    {
        var (dx, dy, px, py) = (b.X - a.X, b.Y - a.Y, point.X - a.X, point.Y - a.Y);
        var square = dx * dx + dy * dy;
        var along = square == 0 ? 0 : Math.Clamp((px * dx + py * dy) / square, 0, 1);
        return Math.Sqrt(Math.Pow(px - along * dx, 2) + Math.Pow(py - along * dy, 2));
    }

    private void Blend(int x, int y, int colour, double share)
    {
        for (var c = 0; c < 3; c++)
        {
            ref var pixel = ref pixels[(c * height + y) * width + x];
            pixel = (byte)Math.Round(pixel + share * (((colour >> (8 * (2 - c))) & 255) - pixel));
        }
    }
}
