using System.Globalization;
using System.Text;

namespace Ddpm.Formats;

/// <summary>
/// A table of a run as a file of comma-separated values (RFC 4180, with line feeds alone), to which a line is appended at a time. The first column is
/// the step. Numbers are written so that the same ones are read back.
/// </summary>
/// <param name="path">The file; its folder is there.</param>
/// <param name="columns">The names, the step's first.</param>
internal sealed class CsvLog(string path, params IReadOnlyList<string> columns) : IDisposable
{
    private readonly string header = Line(columns);
    private AppendedFile? file;

    /// <summary>
    /// Begins, or goes on, after a step. Lines of later steps go, with what is cut off or damaged; the file is written anew only where there is
    /// something to drop. A file of other columns is moved aside.
    /// </summary>
    /// <param name="step">The last step whose line stays; 0 of a fresh run, whose file begins anew.</param>
    /// <returns>What was done that the user should know; null if nothing.</returns>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    internal string? Begin(long step)
    {
        Dispose();
        var told = Repair(step);
        file = new(path, Encoding.UTF8.GetBytes(header));
        return told;
    }

    /// <summary>Appends a line.</summary>
    /// <param name="step">The step.</param>
    /// <param name="values">One a further column: numbers, texts, or null for an empty field.</param>
    /// <exception cref="ArgumentException">There are more or fewer values than columns.</exception>
    /// <exception cref="IOException">The line cannot be written, and nothing of it is there. The next call tries again.</exception>
    internal void Append(long step, params IReadOnlyList<object?> values)
    {
        if (values.Count != columns.Count - 1)
            throw new ArgumentException($"There must be {columns.Count - 1} values beside the step, but there are {values.Count}.", nameof(values));
        if (file is null)
            throw new InvalidOperationException($"{nameof(Begin)} must be called first.");
        file.Append(Encoding.UTF8.GetBytes(Line([step, .. values])));
    }

    public void Dispose()
    {
        file?.Dispose();
        file = null;
    }

    private string? Repair(long step)
    {
        if (!File.Exists(path))
            return null;
        var found = CsvLines.Read(path).Select(line => line.Text).FirstOrDefault("");
        // A run that was killed before its first line was whole has no lines to lose.
        if (found != header && header.StartsWith(found, StringComparison.Ordinal))
        {
            File.Delete(path);
            return null;
        }
        if (found != header)
        {
            var aside = FreePath();
            File.Move(path, aside);
            return $"{path} had the columns {Quote.Of(found.TrimEnd())}, but this run writes {Quote.Of(header.TrimEnd())}: it was moved to {aside}.";
        }
        if (step > 0 && CsvLines.Read(path).All(line => line.IsWhole && (line.Number == 0 || Stays(line.Text, step))))
            return null;
        AtomicFile.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true);
            foreach (var line in CsvLines.Read(path).Where(line => line.IsWhole))
                if (line.Number == 0 || Stays(line.Text, step))
                    writer.Write(line.Text);
        });
        return null;
    }

    // A power cut may leave zeros where a line was.
    private bool Stays(string line, long step) =>
        CsvLines.Fields(line) == columns.Count
        && long.TryParse(line.AsSpan(0, line.IndexOfAny([',', '\r', '\n'])), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var of)
        && of <= step && of > 0;

    private string FreePath()
    {
        var (folder, name) = (Path.GetDirectoryName(Path.GetFullPath(path))!, Path.GetFileNameWithoutExtension(path));
        for (var i = 1; ; i++)
        {
            var free = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{name}.{i}{Path.GetExtension(path)}"));
            if (!Path.Exists(free))
                return free;
        }
    }

    private static string Line(IEnumerable<object?> values) => string.Join(',', values.Select(Field)) + "\n";

    private static string Field(object? value)
    {
        var text = value is IFormattable number ? number.ToString(null, CultureInfo.InvariantCulture) : value?.ToString() ?? "";
        return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
