using System.Globalization;
using System.Text;

namespace Ddpm.Samples;

/// <summary>
/// A picture as sixel graphics (DEC, VT330/VT340 Programmer Reference Manual, chapter 14): bands of six rows, and in a band for each colour a
/// character a column whose bits are the pixels of that colour.
/// </summary>
internal static class Sixel
{
    private const int BandHeight = 6, LeastRun = 4;

    // As wide as high; where nothing is said, the background stays; the raster's size comes with the picture.
    private const string Begin = "\eP0;1;0q\"1;1;", End = "\e\\";

    /// <summary>The control string. Colours are in hundredths: with at most 256 of them, a channel is off by one of 255 at most.</summary>
    public static string Encode(Picture picture)
    {
        var pixels = Hundredths(picture);
        var palette = new SixelPalette(pixels);
        var text = new StringBuilder(Begin);
        text.Append(CultureInfo.InvariantCulture, $"{picture.Width};{picture.Height}");
        foreach (var (index, color) in palette.Colors.Index())
            text.Append(CultureInfo.InvariantCulture, $"#{index};2;{color >> 16};{color >> 8 & 255};{color & 255}");
        var indices = Array.ConvertAll(pixels, palette.IndexOf);
        for (var top = 0; top < picture.Height; top += BandHeight)
        {
            if (top > 0)
                text.Append('-');
            AppendBand(indices.AsSpan(top * picture.Width, Math.Min(BandHeight, picture.Height - top) * picture.Width), picture.Width, text);
        }
        return text.Append(End).ToString();
    }

    private static int[] Hundredths(Picture picture)
    {
        var rgba = picture.ToRgba();
        var pixels = new int[picture.Height * picture.Width];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = Of(rgba[4 * i]) << 16 | Of(rgba[4 * i + 1]) << 8 | Of(rgba[4 * i + 2]);
        return pixels;

        static int Of(byte value) => (2 * value * 100 + 255) / (2 * 255);
    }

    // A character a column for each of the band's colours, from left to right, then back to the left for the next.
    private static void AppendBand(ReadOnlySpan<int> band, int width, StringBuilder text)
    {
        var columns = new SortedDictionary<int, byte[]>();
        for (var i = 0; i < band.Length; i++)
        {
            if (!columns.TryGetValue(band[i], out var bits))
                columns.Add(band[i], bits = new byte[width]);
            bits[i % width] |= (byte)(1 << i / width);
        }
        var separator = "";
        foreach (var (color, bits) in columns)
        {
            text.Append(CultureInfo.InvariantCulture, $"{separator}#{color}");
            separator = "$";
            AppendRuns(bits, text);
        }
    }

    private static void AppendRuns(byte[] bits, StringBuilder text)
    {
        // What is empty at the end need not be said.
        var end = Array.FindLastIndex(bits, bit => bit != 0) + 1;
        for (int from = 0, to; from < end; from = to)
        {
            for (to = from + 1; to < end && bits[to] == bits[from];)
                to++;
            var sixel = (char)('?' + bits[from]);
            if (to - from < LeastRun)
                text.Append(sixel, to - from);
            else
                text.Append(CultureInfo.InvariantCulture, $"!{to - from}{sixel}");
        }
    }
}
