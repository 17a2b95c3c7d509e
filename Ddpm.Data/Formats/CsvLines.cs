using System.Globalization;
using System.Text;

namespace Ddpm.Formats;

/// <summary>
/// A file of comma-separated values line by line, whatever is in it. A quoted field may hold line breaks. A character is a byte, so that places in
/// the text are places in the file and no byte is changed: what parts lines and fields is the same in UTF-8.
/// </summary>
internal static class CsvLines
{
    // A longer one is not a log's; it is read in parts, none of which looks whole.
    private const int Longest = 1 << 20;

    /// <summary>The lines with their line ends, and whether each is whole: it ends, and so does what is quoted in it.</summary>
    internal static IEnumerable<(string Text, bool IsWhole)> Read(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file, Encoding.Latin1, detectEncodingFromByteOrderMarks: false);
        var (line, isQuoted) = (new StringBuilder(), false);
        for (var next = reader.Read(); next >= 0; next = reader.Read())
        {
            line.Append((char)next);
            isQuoted ^= next == '"';
            var ends = next == '\n' && !isQuoted;
            if (!ends && line.Length < Longest)
                continue;
            yield return (line.ToString(), ends);
            line.Clear();
            isQuoted = false;
        }
        if (line.Length > 0)
            yield return (line.ToString(), false);
    }

    /// <summary>The number that a field holds, written as in every culture; null: it is none, or not finite.</summary>
    internal static double? Number(string field) =>
        double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    /// <summary>How many fields a line has.</summary>
    internal static int Fields(string line)
    {
        var (fields, isQuoted) = (1, false);
        foreach (var each in line)
        {
            isQuoted ^= each == '"';
            if (each == ',' && !isQuoted)
                fields++;
        }
        return fields;
    }
}
