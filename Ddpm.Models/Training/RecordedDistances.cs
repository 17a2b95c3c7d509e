using Ddpm.Evaluation;
using Ddpm.Formats;

namespace Ddpm.Training;

/// <summary>The distances of a run in memory, and as a table that grows by a line an evaluation.</summary>
internal sealed class RecordedDistances : IDisposable
{
    private readonly List<(double Step, double Distance)> distances = [];
    private readonly string table;
    private readonly CsvLog log;

    internal RecordedDistances(string folder, IProgress<string> warnings)
    {
        table = Path.Combine(folder, "evaluation.csv");
        log = new(table, "step", "distance", "mean_part", "covariance_part", "images", "features") { Warnings = warnings };
    }

    internal IReadOnlyList<(double Step, double Distance)> All => distances;

    /// <summary>Goes on after a step, with what the table says of the steps until there; 0: begins anew.</summary>
    internal void Begin(int step)
    {
        var isKnown = distances.Count > 0;
        if (!log.Begin(step) || isKnown || step == 0)
            return;
        foreach (var fields in CsvLines.Read(table).Skip(1).Select(line => line.Text.Split(',')))
            if (fields.Length > 1 && CsvLines.Number(fields[0]) is { } at && CsvLines.Number(fields[1]) is { } distance)
                distances.Add((at, distance));
    }

    /// <summary>Adds an evaluation.</summary>
    /// <returns>Whether none before was as good.</returns>
    internal bool Add(int step, FrechetResult result, FeatureSpace space)
    {
        var isBest = distances.TrueForAll(before => result.Value < before.Distance);
        distances.Add((step, result.Value));
        log.Append(step, result.Value, result.MeanPart, result.CovariancePart, result.CountB, space.Name);
        return isBest;
    }

    public void Dispose() => log.Dispose();
}
