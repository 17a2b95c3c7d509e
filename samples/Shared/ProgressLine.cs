using System.Diagnostics;
using System.Globalization;

namespace Ddpm.Samples;

/// <summary>One line on the console that is written over: bar, rate, time left. Redirected to a file, a line now and then.</summary>
internal sealed class ProgressLine(string title) : IProgress<ReadingProgress>, IProgress<TrainingProgress>, IProgress<SamplingProgress>, IDisposable
{
    private readonly Stopwatch sinceShown = Stopwatch.StartNew();
    private readonly TimeSpan pause = Console.IsOutputRedirected ? TimeSpan.FromSeconds(10) : TimeSpan.FromMilliseconds(100);
    private double loss;
    private bool shown;

    // Asked for each time, as a window may change; some consoles cannot say.
    private static int Width
    {
        get
        {
            try
            {
                return !Console.IsOutputRedirected && Console.WindowWidth is > 0 and var width ? width : ProgressText.UsualWidth;
            }
            catch (Exception fault) when (fault is IOException or PlatformNotSupportedException)
            {
                return ProgressText.UsualWidth;
            }
        }
    }

    public void Report(TrainingProgress value)
    {
        // A step's own loss depends on its t above all: a running mean over about 100 steps tells more.
        loss += (value.Loss - loss) / Math.Min(value.Step, 100);
        var figures = string.Create(CultureInfo.InvariantCulture, $"loss {loss:F4}, {value.ImagesPerSecond:F1} images/s");
        Show(value.Step, value.Steps, value.Remaining, figures);
    }

    public void Report(ReadingProgress value) =>
        Show(value.Done, value.Total, value.Remaining, string.Create(CultureInfo.InvariantCulture, $"{value.ImagesPerSecond:F0} images/s"));

    public void Report(SamplingProgress value) =>
        Show(value.Step, value.Steps, value.Remaining, string.Create(CultureInfo.InvariantCulture, $"{value.StepsPerSecond:F1} steps/s"));

    /// <summary>Ends the line.</summary>
    public void Dispose()
    {
        if (shown && !Console.IsOutputRedirected)
            Console.WriteLine();
    }

    private void Show(int step, int steps, TimeSpan left, string figures)
    {
        if (shown && step < steps && sinceShown.Elapsed < pause)
            return;
        shown = true;
        sinceShown.Restart();
        var width = Width;
        var line = ProgressText.Line(title, step, steps, left, figures, width);
        if (Console.IsOutputRedirected)
            Console.WriteLine(line);
        else
            Console.Write("\r" + line.PadRight(width - 1));
    }
}
