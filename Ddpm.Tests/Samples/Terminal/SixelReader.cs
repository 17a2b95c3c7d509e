using System.Globalization;
using System.Text.RegularExpressions;

namespace Ddpm.Tests.Samples.Terminal;

/// <summary>What a terminal shows of sixel graphics, as pixels.</summary>
internal sealed partial class SixelReader
{
    private readonly Dictionary<int, int> palette = [];
    private readonly int height;

    /// <summary>Reads a control string, which must be whole and keep within the raster's size that it states.</summary>
    public SixelReader(string text)
    {
        var whole = Whole().Match(text);
        Assert.That(whole.Success, "no sixel graphics");
        (Width, height) = (Number(whole.Groups[1]), Number(whole.Groups[2]));
        Pixels = new int?[height * Width];
        Draw(whole.Groups[3].Value);
    }

    /// <summary>W.</summary>
    public int Width { get; }

    /// <summary>Row after row: red, green and blue in three bytes, each in hundredths; null where nothing was drawn.</summary>
    public int?[] Pixels { get; }

    /// <summary>Colours that were defined.</summary>
    public int Colors => palette.Count;

    private void Draw(string data)
    {
        var (x, top, color) = (0, 0, 0);
        foreach (Match match in Command().Matches(data))
            if (match.Groups["color"] is { Success: true } index)
            {
                color = Number(index);
                if (match.Groups["r"] is { Success: true } red)
                    palette.Add(color, Number(red) << 16 | Number(match.Groups["g"]) << 8 | Number(match.Groups["b"]));
            }
            else if (match.Groups["sixel"] is { Success: true } sixel)
                for (var times = match.Groups["times"] is { Success: true } said ? Number(said) : 1; times > 0; times--)
                    SetColumn(x++, top, sixel.Value[0] - '?', palette[color]);
            else
                (x, top) = (0, match.Value == "-" ? top + 6 : top);
        Assert.That(Command().Replace(data, ""), Is.Empty, "not all is sixel graphics");
    }

    private void SetColumn(int x, int top, int bits, int color)
    {
        for (var bit = 0; bit < 6; bit++)
            if ((bits >> bit & 1) == 1)
                Set(x, top + bit, color);
    }

    private void Set(int x, int y, int color)
    {
        Assert.That((x < Width, y < height), Is.EqualTo((true, true)), $"{x}, {y} lies outside");
        Assert.That(Pixels[y * Width + x], Is.Null, $"{x}, {y} is drawn twice");
        Pixels[y * Width + x] = color;
    }

    private static int Number(Group digits) => int.Parse(digits.Value, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\eP0;1;0q""1;1;([0-9]+);([0-9]+)([!-~]*)\e\\$")]
    private static partial Regex Whole();

    [GeneratedRegex(@"#(?<color>[0-9]+)(?:;2;(?<r>[0-9]+);(?<g>[0-9]+);(?<b>[0-9]+))?|(?:!(?<times>[0-9]+))?(?<sixel>[?-~])|[$-]")]
    private static partial Regex Command();
}
