using System.Diagnostics;
using System.Globalization;
using Ddpm.Training;

namespace Ddpm.Samples;

/// <summary>One line on the console that is written over: bar, loss, rate, time left. Redirected to a file, a line now and then.</summary>
internal sealed class ProgressLine(string title) : IProgress<ReadingProgress>, IProgress<TrainingProgress>, IProgress<SamplingProgress>, IDisposable
{
    private readonly Stopwatch sinceShown = Stopwatch.StartNew();
    private readonly TimeSpan pause = Console.IsOutputRedirected ? TimeSpan.FromSeconds(10) : TimeSpan.FromMilliseconds(100);
    private readonly RunningMean mean = new();
    private double loss = double.NaN;
    private bool shown;

    public void Report(TrainingProgress value)
    {
        foreach (var read in value.Read.Where(read => !read.IsSkipped))
        {
            loss = read.Loss;
            mean.Add(loss);
        }
        Show(value.Step, value.Steps, value.Remaining, () =>
            ProgressText.Figures(loss, mean.Value, value.ImagesPerSecond, Environment.WorkingSet, value.SkippedSteps));
    }

    public void Report(ReadingProgress value) =>
        Show(value.Done, value.Total, value.Remaining, () => [string.Create(CultureInfo.InvariantCulture, $"{value.ImagesPerSecond:F0} images/s")]);

    public void Report(SamplingProgress value) =>
        Show(value.Step, value.Steps, value.Remaining, () => [string.Create(CultureInfo.InvariantCulture, $"{value.StepsPerSecond:F1} steps/s")]);

    /// <summary>Ends the line.</summary>
    public void Dispose()
    {
        if (shown && !Console.IsOutputRedirected)
            Console.WriteLine();
    }

    private void Show(int step, int steps, TimeSpan left, Func<IReadOnlyList<string>> figures)
    {
        if (shown && step < steps && sinceShown.Elapsed < pause)
            return;
        shown = true;
        sinceShown.Restart();
        var width = ConsoleWindow.Width;
        var line = ProgressText.Line(title, step, steps, left, figures(), width);
        if (Console.IsOutputRedirected)
            Console.WriteLine(line);
        else
            Console.Write("\r" + line.PadRight(width - 1));
    }
}
