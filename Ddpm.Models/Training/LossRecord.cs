using Ddpm.Imaging;

namespace Ddpm.Training;

/// <summary>The losses of a run as a plot.</summary>
internal static class LossRecord
{
    /// <summary>A running mean of the training loss, and the held-out loss if there is one, on a logarithmic axis.</summary>
    internal static Picture Plot(IReadOnlyList<(double Step, double Loss)> losses, IReadOnlyList<(double Step, double Loss)> heldOut)
    {
        var series = new List<PlotSeries> { new("training", RunningMean(losses, Math.Max(1, losses.Count / 100))) };
        if (heldOut.Count > 0)
            series.Add(new("held out", heldOut));
        return LossPlot.Draw(series, new PlotOptions { LogarithmicValues = true });
    }

    // A step's loss depends on its t above all: the mean over a hundredth of the run shows the trend.
    private static List<(double Step, double Loss)> RunningMean(IReadOnlyList<(double Step, double Loss)> points, int window)
    {
        var means = new List<(double, double)>();
        var sum = 0.0;
        for (var i = 0; i < points.Count; i++)
        {
            sum += points[i].Loss - (i >= window ? points[i - window].Loss : 0);
            means.Add((points[i].Step, sum / Math.Min(i + 1, window)));
        }
        return means;
    }
}
