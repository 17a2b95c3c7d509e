using System.Globalization;
using System.Text.RegularExpressions;
using Ddpm.Samples;

namespace Ddpm.Tests.Samples.Terminal;

/// <summary>What a terminal shows of half-blocks, as pixels.</summary>
internal static partial class HalfBlocksReader
{
    private const char Upper = '\u2580';

    /// <summary>Two rows a line of red, green and blue in three bytes; null where the terminal's own background shows.</summary>
    public static int?[][] Read(string text) => [.. text.Split('\n')[..^1].SelectMany(ReadLine)];

    private static int?[][] ReadLine(string line)
    {
        var (upper, lower) = (new List<int?>(), new List<int?>());
        int? foreground = null, background = null;
        var end = 0;
        foreach (Match match in Part().Matches(line))
        {
            Assert.That(match.Index, Is.EqualTo(end), "between the sequences stands something else");
            end += match.Length;
            if (match.Value[0] == Upper)
            {
                upper.Add(foreground);
                lower.Add(background);
                continue;
            }
            switch (match.Groups[1].Value.Split(';').Select(number => int.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture)).ToArray())
            {
                case [0]: (foreground, background) = (null, null); break;
                case [38, .. var color]: foreground = Color(color); break;
                case [48, .. var color]: background = Color(color); break;
                default: Assert.Fail($"{match.Groups[1]} is no colour."); break;
            }
        }
        Assert.That((end, foreground, background), Is.EqualTo((line.Length, (int?)null, (int?)null)), "a line ends in the terminal's own colours");
        return [[.. upper], [.. lower]];
    }

    private static int Color(int[] numbers) => numbers switch
    {
        [2, <= 255 and var red, <= 255 and var green, <= 255 and var blue] => red << 16 | green << 8 | blue,
        [5, >= 16 and <= 255 and var index] when XtermColors.Of(index) is var (red, green, blue) => red << 16 | green << 8 | blue,
        _ => throw new FormatException($"{string.Join(';', numbers)} is no colour."),
    };

    [GeneratedRegex(@"\e\[([0-9;]+)m|\u2580")]
    private static partial Regex Part();
}
