using System.Globalization;

namespace Ddpm.Samples;

/// <summary>The table of losses that a training writes: step, loss, and where it was measured the held-out loss.</summary>
internal sealed class LossTable
{
    public const string Name = "loss.csv";

    private const long MostBytes = 128L << 20;
    private const int LongestLine = 200;

    private readonly List<(long, double)> heldOut = [];

    /// <summary>What cannot be read; null: nothing.</summary>
    public string? Fault { get; private set; }

    public long Steps { get; private set; }

    public long NotFinite { get; private set; }

    public long FirstNotFinite { get; private set; }

    /// <summary>The finite losses, and the step of each.</summary>
    public List<double> Losses { get; } = [];

    public List<long> LossSteps { get; } = [];

    public IReadOnlyList<(long Step, double Loss)> HeldOut => heldOut;

    /// <summary>Reads what can be read; what cannot is its <see cref="Fault"/>.</summary>
    public static LossTable Read(string path, CancellationToken stop)
    {
        var table = new LossTable();
        // A pipe has no length, and would never end.
        if (new FileInfo(path).Length == 0)
            return table;
        using var reader = new StreamReader(path);
        if (reader.BaseStream.Length > MostBytes)
        {
            table.Fault = FormattableString.Invariant($"{path} has {reader.BaseStream.Length} bytes; more than {MostBytes} are not read.");
            return table;
        }
        var number = 0L;
        foreach (var line in Lines(reader))
        {
            stop.ThrowIfCancellationRequested();
            if (number++ > 0 && line.Length > 0 && !table.Add(line))
                table.Fault ??= FormattableString.Invariant($"Line {number} of {path} is not a step, a loss and a held-out loss in rising order.");
        }
        return table;
    }

    private bool Add(string line)
    {
        if (line.Split(',') is not [var step, var loss, var held]
            || !long.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var at) || Number(loss) is not { } value
            || (LossSteps.Count > 0 && at <= LossSteps[^1]))
            return false;
        Steps++;
        if (double.IsFinite(value))
        {
            Losses.Add(value);
            LossSteps.Add(at);
        }
        else if (NotFinite++ == 0)
            FirstNotFinite = at;
        if (Number(held) is { } measured && double.IsFinite(measured))
            heldOut.Add((at, measured));
        return held.Length == 0 || Number(held) is not null;
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    // No line is longer than what a line can be: the rest of it is dropped.
    private static IEnumerable<string> Lines(StreamReader reader)
    {
        var line = new System.Text.StringBuilder();
        for (int character; (character = reader.Read()) >= 0;)
            if (character == '\n')
            {
                yield return line.ToString().TrimEnd('\r');
                line.Clear();
            }
            else if (line.Length < LongestLine)
                line.Append((char)character);
        if (line.Length > 0)
            yield return line.ToString();
    }
}
