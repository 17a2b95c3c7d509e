using Ddpm.Formats;
using Ddpm.Imaging;

namespace Ddpm.Training;

/// <summary>The losses of a run in memory, and as a table that grows by a line a step.</summary>
internal sealed class RecordedLosses : IDisposable
{
    private const string Step = "step", Loss = "loss", Held = "held_out";

    private readonly List<(double Step, double Loss)> losses = [];
    private readonly List<(double Step, double Loss)> heldOut = [];
    private readonly string table;
    private readonly CsvLog log;
    private double heldOutStep = double.NaN;

    internal RecordedLosses(string folder, IProgress<string> warnings)
    {
        table = Path.Combine(folder, "loss.csv");
        log = new(table, Step, Loss, Held) { Warnings = warnings };
    }

    internal IReadOnlyList<(double Step, double Loss)> Losses => losses;

    internal IReadOnlyList<(double Step, double Loss)> HeldOut => heldOut;

    /// <summary>Goes on after a step, with what the table says of the steps until there; 0: begins anew.</summary>
    internal void Begin(int step)
    {
        var isKnown = losses.Count > 0;
        if (!log.Begin(step) || isKnown || step == 0)
            return;
        foreach (var (text, _) in CsvLines.Read(table).Skip(1))
            if (text.TrimEnd().Split(',') is [var at, var loss, var held] && CsvLines.Number(at) is { } of && CsvLines.Number(loss) is { } value)
            {
                losses.Add((of, value));
                if (CsvLines.Number(held) is { } measured)
                    heldOut.Add((of, measured));
            }
    }

    internal void AddHeldOut(int step, double loss)
    {
        heldOut.Add((step, loss));
        heldOutStep = step;
    }

    /// <summary>Adds steps whose held-out loss, if they have one, is known. Of those that were skipped nothing is plotted.</summary>
    internal void Add(IEnumerable<StepRecord> steps, int stepsBefore)
    {
        foreach (var record in steps)
        {
            var step = stepsBefore + record.Step;
            log.Append(step, record.Loss, step == heldOutStep ? heldOut[^1].Loss : null);
            if (!record.IsSkipped)
                losses.Add((step, record.Loss));
        }
    }

    /// <summary>A running mean of the training loss, and the held-out loss if there is one; null where a logarithmic axis has no place for
    /// any.</summary>
    internal Picture? Plot()
    {
        if (!losses.Any(point => point.Loss > 0))
            return null;
        var series = new List<PlotSeries> { new("training", MeansOf(Math.Max(1, losses.Count / 100))) };
        if (heldOut.Count > 0)
            series.Add(new("held out", heldOut));
        return LossPlot.Draw(series, new PlotOptions { LogarithmicValues = true });
    }

    public void Dispose() => log.Dispose();

    // A step's loss depends on its t above all: the mean over a hundredth of the run shows the trend.
    private List<(double Step, double Loss)> MeansOf(int window)
    {
        var means = new List<(double, double)>();
        var sum = 0.0;
        for (var i = 0; i < losses.Count; i++)
        {
            sum += losses[i].Loss - (i >= window ? losses[i - window].Loss : 0);
            means.Add((losses[i].Step, sum / Math.Min(i + 1, window)));
        }
        return means;
    }
}
