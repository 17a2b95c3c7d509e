using System.Globalization;
using System.Text;

namespace Ddpm.Formats;

/// <summary>
/// A table of a run as a file of comma-separated values (RFC 4180, with line feeds alone), to which a line is appended at a time. The first column is
/// the step. Numbers are written so that the same ones are read back. What cannot be written is told, once for each kind of fault, and lost; further
/// lines are tried again.
/// </summary>
/// <param name="path">The file; its folder is there.</param>
/// <param name="columns">The names, the step's first.</param>
internal sealed class CsvLog(string path, params IReadOnlyList<string> columns) : IDisposable
{
    private readonly string header = Line(columns);
    private LogFaults? faults;
    private AppendedFile? file;
    private long? keptUntil;
    private long triedAt = long.MinValue / 2;

    /// <summary>Told what could not be written, and of a file that was moved aside.</summary>
    internal IProgress<string>? Warnings { get; init; }

    /// <summary>After a file could not be put in order, which may take reading all of it, how long passes until that is tried again.</summary>
    internal TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Begins, or goes on, after a step. Lines of later steps go, with what is cut off or damaged. A file of other columns is moved aside.
    /// </summary>
    /// <param name="step">The last step whose line stays; 0 of a fresh run, whose file begins anew.</param>
    /// <returns>Whether the file is in order; if not, this is tried again with the lines.</returns>
    internal bool Begin(long step)
    {
        Dispose();
        keptUntil = step;
        return Open();
    }

    /// <summary>Appends a line.</summary>
    /// <param name="step">The step.</param>
    /// <param name="values">One a further column: numbers, texts, or null for an empty field.</param>
    /// <returns>Whether the line is there; if not, nothing of it is.</returns>
    /// <exception cref="ArgumentException">There are more or fewer values than columns.</exception>
    internal bool Append(long step, params IReadOnlyList<object?> values)
    {
        if (values.Count != columns.Count - 1)
            throw new ArgumentException($"There must be {columns.Count - 1} values beside the step, but there are {values.Count}.", nameof(values));
        if (file is null && (Environment.TickCount64 - triedAt < Pause.TotalMilliseconds || !Open()))
            return false;
        return Faults.Try(() => file!.Append(Encoding.UTF8.GetBytes(Line([step, .. values]))));
    }

    /// <summary>Closes the file; a further line opens it again.</summary>
    public void Dispose()
    {
        file?.Dispose();
        file = null;
    }

    private LogFaults Faults => faults ??= new(fault => Warnings?.Report($"The table {path} has a gap: {fault}"));

    private bool Open()
    {
        triedAt = Environment.TickCount64;
        if (keptUntil is { } step && !Faults.Try(() => Order(step)))
            return false;
        keptUntil = null;
        file = new(path, Encoding.UTF8.GetBytes(header));
        return true;
    }

    private void Order(long step)
    {
        if (!File.Exists(path))
            return;
        var found = Utf8(CsvLines.Read(path).Select(line => line.Text).FirstOrDefault(""));
        // A run that was killed before its first line was whole has no lines to lose.
        if (found != header && header.StartsWith(found, StringComparison.Ordinal))
            File.Delete(path);
        else if (found.TrimEnd() != header.TrimEnd())
            MoveAside(found);
        else
            Drop(line => step == 0 || !Stays(line, step));
    }

    private void MoveAside(string found)
    {
        var aside = FreePath();
        File.Move(path, aside);
        Warnings?.Report(
            $"{path} had the columns {Quote.Of(found.TrimEnd())}, but this run writes {Quote.Of(header.TrimEnd())}: it was moved to {aside}.");
    }

    // Steps rise, so that what goes is the end of the file: it is cut off, for which a full disk has room. Else the file is written anew.
    private void Drop(Func<string, bool> goes)
    {
        var (length, isKept) = (0L, true);
        foreach (var (i, (text, isWhole)) in CsvLines.Read(path).Index())
        {
            if (i > 0 && (!isWhole || goes(text)))
                isKept = false;
            else if (!isKept)
            {
                Rewrite(goes);
                return;
            }
            else
                length += text.Length;
        }
        if (isKept)
            return;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.Read | FileShare.Delete);
        stream.SetLength(length);
    }

    private void Rewrite(Func<string, bool> goes) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, Encoding.Latin1, leaveOpen: true);
        foreach (var (i, (text, isWhole)) in CsvLines.Read(path).Index())
            if (i == 0 || isWhole && !goes(text))
                writer.Write(text);
    });

    // A power cut may leave zeros where a line was.
    private bool Stays(string line, long step) =>
        CsvLines.Fields(line) == columns.Count
        && long.TryParse(line.AsSpan(0, line.IndexOfAny([',', '\r', '\n'])), NumberStyles.None, CultureInfo.InvariantCulture, out var of)
        && of <= step;

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

    private static string Utf8(string bytes) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(bytes));

    private static string Line(IEnumerable<object?> values) => string.Join(',', values.Select(Field)) + "\n";

    private static string Field(object? value)
    {
        var text = value is IFormattable number ? number.ToString(null, CultureInfo.InvariantCulture) : value?.ToString() ?? "";
        return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
