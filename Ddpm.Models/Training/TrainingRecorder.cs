using System.Globalization;

namespace Ddpm;

/// <summary>
/// Keeps what training brings, in a folder: the model (<c>model/</c>, if it is a <see cref="UNet"/>), a grid of samples (<c>samples.png</c>, and one
/// a picture under <c>samples/</c>), the loss as a plot and a table (<c>loss.png</c>, <c>loss.csv</c>), and, given held-out images, their loss. All
/// with the averaged weights.
/// </summary>
/// <param name="diffusion">What is trained.</param>
/// <param name="folder">Made if it is not there.</param>
public sealed class TrainingRecorder(Diffusion diffusion, string folder) : ITrainingObserver
{
    private readonly List<(double Step, double Loss)> losses = [];
    private readonly List<(double Step, double Loss)> heldOut = [];

    /// <summary>Steps between two savings of the model; the end is always saved. 1,000 by default; 0: the end only.</summary>
    public int SaveEvery { get; init; } = 1000;

    /// <summary>Steps between two grids of samples and plots; the end is always drawn. 1,000 by default; 0: the end only.</summary>
    public int PictureEvery { get; init; } = 1000;

    /// <summary>Images in a grid. 16 by default; 0: no grids.</summary>
    public int Pictures { get; init; } = 16;

    /// <summary>Columns of a grid. 8 by default.</summary>
    public int Columns { get; init; } = 8;

    /// <summary>How many times larger than they are the images are drawn. 2 by default.</summary>
    public int Scale { get; init; } = 2;

    /// <summary>How the images of a grid are drawn; null: as the diffusion draws by default. A sampler of fewer steps saves time.</summary>
    public SamplingOptions? Sampling { get; init; }

    /// <summary>
    /// Images that training does not see; their loss (<see cref="HeldOutLoss"/>) is measured whenever pictures are drawn. Classes with names must be
    /// those of the training images, which is checked after the first step. null by default.
    /// </summary>
    public IImageDataset? HeldOut { get; init; }

    /// <summary>How many of them, from the first. 200 by default.</summary>
    public int HeldOutCount { get; init; } = 200;

    /// <summary>Steps and their loss, in order.</summary>
    public IReadOnlyList<(double Step, double Loss)> Losses => losses;

    /// <summary>Steps and the mean held-out loss there, in order.</summary>
    public IReadOnlyList<(double Step, double Loss)> HeldOutLosses => heldOut;

    /// <inheritdoc/>
    public void AfterStep(Trainer trainer, TrainingProgress progress)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(progress);
        if (losses.Count == 0)
            CheckClasses(trainer.Data);
        losses.Add((progress.Step, progress.Loss));
        var isLast = progress.Step == progress.Steps;
        var (save, draw) = (isLast || IsDue(progress.Step, SaveEvery), isLast || IsDue(progress.Step, PictureEvery));
        if (!save && !draw)
            return;
        using var average = trainer.UseAverage();
        if (save && diffusion.Denoiser is UNet)
            diffusion.Save(Path.Combine(folder, "model"));
        if (!draw)
            return;
        Measure(progress.Step);
        DrawSamples(progress.Step);
        DrawLoss();
    }

    // A number must mean the same class in both sets.
    private void CheckClasses(IImageDataset data)
    {
        if (HeldOut?.ClassNames is not { } names || data.ClassNames is not { } trained || names.SequenceEqual(trained, StringComparer.Ordinal))
            return;
        var odd = names.Except(trained).Concat(trained.Except(names)).FirstOrDefault();
        throw new ArgumentException(
            $"The held-out images must have the classes of the training images, but have {names.Count} and not {trained.Count}"
            + (odd is null ? " in the same order." : $": '{odd}' is in one of them only."));
    }

    private static bool IsDue(int step, int every) => every > 0 && step % every == 0;

    private void Measure(int step)
    {
        if (HeldOut is null)
            return;
        var count = Math.Min(HeldOutCount, HeldOut.Count);
        using var x0 = Pixels.Batch(HeldOut, [.. Enumerable.Range(0, count)]);
        using var there = x0.to(diffusion.Device, copy: true);
        var labels = ClassLabels.OfData(diffusion.Denoiser, HeldOut)?.Take(count).ToArray();
        var losses = HeldOutLoss.Measure(diffusion.Denoiser, diffusion.Process, there, prediction: diffusion.Prediction.Type, labels: labels);
        heldOut.Add((step, losses.Values.Average()));
    }

    private void DrawSamples(int step)
    {
        if (Pictures == 0)
            return;
        using var images = diffusion.Sample(Pictures, WithLabels(Sampling ?? new()));
        var grid = PictureGrid.Grid(images, Columns, Scale);
        grid.SavePng(Path.Combine(folder, "samples", step.ToString("D7", CultureInfo.InvariantCulture) + ".png"));
        grid.SavePng(Path.Combine(folder, "samples.png"));
    }

    // Class by class, where the caller does not say.
    private SamplingOptions WithLabels(SamplingOptions sampling) =>
        sampling.Labels is null && diffusion.Denoiser is IConditionalDenoiser { Classes: > 0 and var classes }
            ? sampling with { Labels = [.. Enumerable.Range(0, Pictures).Select(i => i % classes)] }
            : sampling;

    private void DrawLoss()
    {
        var smooth = RunningMean(losses, Math.Max(1, losses.Count / 100));
        var series = new List<PlotSeries> { new("training", smooth) };
        if (heldOut.Count > 0)
            series.Add(new("held out", heldOut));
        LossPlot.Draw(series, new PlotOptions { LogarithmicValues = true }).SavePng(Path.Combine(folder, "loss.png"));
        AtomicFile.Write(Path.Combine(folder, "loss.csv"), stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true);
            writer.WriteLine("step,loss,held_out");
            var measured = heldOut.ToDictionary(point => point.Step, point => point.Loss);
            foreach (var (step, loss) in losses)
                writer.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{step},{loss:R},{(measured.TryGetValue(step, out var held) ? held : null):R}"));
        });
    }

    // A step's loss depends on its t above all: the mean over a hundredth of the run shows the trend.
    private static List<(double Step, double Loss)> RunningMean(List<(double Step, double Loss)> points, int window)
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
