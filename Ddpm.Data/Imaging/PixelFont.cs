using System.Globalization;

namespace Ddpm;

/// <summary>Letters of five by seven dots: a machine with nothing but the .NET SDK may have no fonts at all.</summary>
internal static class PixelFont
{
    internal const int Width = 5, Height = 7, Advance = 6;

    // Seven rows of five bits each, the leftmost dot the highest bit.
    private static readonly Dictionary<char, string> Glyphs = new()
    {
        ['0'] = "0E11131519110E", ['1'] = "040C040404040E", ['2'] = "0E11010204081F", ['3'] = "1F02040201110E", ['4'] = "02060A121F0202",
        ['5'] = "1F101E0101110E", ['6'] = "0608101E11110E", ['7'] = "1F010204080808", ['8'] = "0E11110E11110E", ['9'] = "0E11110F01020C",
        ['a'] = "00000E010F110F", ['b'] = "1010161911111E", ['c'] = "00000E1010110E", ['d'] = "01010D1311110F", ['e'] = "00000E111F100E",
        ['f'] = "0609081C080808", ['g'] = "000F11110F010E", ['h'] = "10101619111111", ['i'] = "04000C0404040E", ['j'] = "0200060202120C",
        ['k'] = "10101214181412", ['l'] = "0C04040404040E", ['m'] = "00001A15151111", ['n'] = "00001619111111", ['o'] = "00000E1111110E",
        ['p'] = "00001E111E1010", ['q'] = "00000D130F0101", ['r'] = "00001619101010", ['s'] = "00000E100E011E", ['t'] = "08081C08080906",
        ['u'] = "0000111111130D", ['v'] = "00001111110A04", ['w'] = "0000111115150A", ['x'] = "0000110A040A11", ['y'] = "000011110F010E",
        ['z'] = "00001F0204081F", ['.'] = "00000000000C0C", ['-'] = "0000001F000000", [','] = "000000000C0408", ['_'] = "0000000000001F",
    };

    /// <summary>Whether a dot of a letter is set; capitals are drawn small, unknown letters are blank.</summary>
    internal static bool IsSet(char letter, int row, int column) =>
        Glyphs.TryGetValue(char.ToLowerInvariant(letter), out var glyph)
        && (int.Parse(glyph.AsSpan(2 * row, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (Width - 1 - column) & 1) == 1;
}
