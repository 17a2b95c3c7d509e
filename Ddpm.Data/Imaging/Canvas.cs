namespace Ddpm;

/// <summary>A white picture to draw lines and text on.</summary>
internal sealed class Canvas(int height, int width)
{
    private readonly byte[] pixels = [.. Enumerable.Repeat((byte)255, 3 * height * width)];

    internal Picture ToPicture() => new(3, height, width, pixels);

    /// <summary>A straight line with smooth edges; coordinates in pixels, the centre of the first pixel at 0.5.</summary>
    internal void Line((double X, double Y) from, (double X, double Y) to, double thickness, (byte R, byte G, byte B) colour)
    {
        var reach = thickness / 2 + 1;
        var (dx, dy) = (to.X - from.X, to.Y - from.Y);
        var length = Math.Max(dx * dx + dy * dy, 1e-12);
        for (var y = Clip(Math.Min(from.Y, to.Y) - reach, height); y < Clip(Math.Max(from.Y, to.Y) + reach + 1, height); y++)
            for (var x = Clip(Math.Min(from.X, to.X) - reach, width); x < Clip(Math.Max(from.X, to.X) + reach + 1, width); x++)
            {
                var (px, py) = (x + 0.5 - from.X, y + 0.5 - from.Y);
                var along = Math.Clamp((px * dx + py * dy) / length, 0, 1);
                var distance = Math.Sqrt(Math.Pow(px - along * dx, 2) + Math.Pow(py - along * dy, 2));
                Cover(x, y, Math.Clamp(thickness / 2 + 0.5 - distance, 0, 1), colour);
            }
    }

    /// <summary>Text whose upper left corner is given; each dot of a letter is a square of <paramref name="scale"/> pixels.</summary>
    internal void Text(int left, int top, string text, (byte R, byte G, byte B) colour, int scale = 2)
    {
        for (var i = 0; i < text.Length; i++)
            for (var y = 0; y < PixelFont.Height * scale; y++)
                for (var x = 0; x < PixelFont.Width * scale; x++)
                    if (PixelFont.IsSet(text[i], y / scale, x / scale))
                        Cover(left + i * PixelFont.Advance * scale + x, top + y, 1, colour);
    }

    internal static int TextWidth(string text, int scale = 2) => text.Length * PixelFont.Advance * scale;

    // Where lines of one colour overlap, the darker coverage stays: their joints do not show.
    private void Cover(int x, int y, double share, (byte R, byte G, byte B) colour)
    {
        if (share <= 0 || x < 0 || y < 0 || x >= width || y >= height)
            return;
        var (plane, at) = (height * width, y * width + x);
        Blend(at, colour.R);
        Blend(plane + at, colour.G);
        Blend(2 * plane + at, colour.B);

        void Blend(int i, byte value) => pixels[i] = (byte)Math.Min(pixels[i], Math.Round(255 + share * (value - 255)));
    }

    private static int Clip(double value, int size) => (int)Math.Clamp(Math.Floor(value), 0, size);
}
