using System.Globalization;
using System.Text;

namespace Ddpm.Samples;

/// <summary>
/// A picture as text, two pixels a character: the upper half of a character's cell (U+2580) in the colour of one, and the cell's background in
/// that of the one below.
/// </summary>
internal static class HalfBlocks
{
    private const char Upper = '\u2580';
    private const int NoColor = -1;

    /// <summary>The text; after each line colours are the terminal's own.</summary>
    /// <param name="picture">W characters wide and H/2 lines high; with an odd H the lower half of the last line stays as it is.</param>
    /// <param name="isTrueColor">Colours of 24 bits; otherwise the nearest of <see cref="XtermColors"/>.</param>
    public static string Encode(Picture picture, bool isTrueColor)
    {
        var (rgba, text) = (picture.ToRgba(), new StringBuilder());
        for (var y = 0; y < picture.Height; y += 2)
        {
            var (upper, lower) = (NoColor, NoColor);
            for (var x = 0; x < picture.Width; x++)
            {
                Change(ref upper, At(x, y), 38);
                if (y + 1 < picture.Height)
                    Change(ref lower, At(x, y + 1), 48);
                text.Append(Upper);
            }
            text.Append("\e[0m\n");
        }
        return text.ToString();

        int At(int x, int y)
        {
            var pixel = rgba.AsSpan(4 * (y * picture.Width + x), 3);
            return isTrueColor ? pixel[0] << 16 | pixel[1] << 8 | pixel[2] : XtermColors.Nearest(pixel[0], pixel[1], pixel[2]);
        }

        // Said once for neighbours of one colour.
        void Change(ref int color, int to, int ground)
        {
            if (color == to)
                return;
            color = to;
            if (isTrueColor)
                text.Append(CultureInfo.InvariantCulture, $"\e[{ground};2;{to >> 16};{to >> 8 & 255};{to & 255}m");
            else
                text.Append(CultureInfo.InvariantCulture, $"\e[{ground};5;{to}m");
        }
    }
}
