using Ddpm.Formats;
using Ddpm.Imaging;
using Ddpm.Training;

namespace Ddpm;

/// <summary>
/// Writes how training goes as event files for TensorBoard (<c>tensorboard --logdir FOLDER</c>): the loss and its mean over 100 steps, the loss by
/// quarter of the process, the gradient's norm, the learning rate, steps skipped, images per second and memory. Losses on held-out images and
/// pictures come from whoever has them (<see cref="AddScalar"/>, <see cref="AddImage"/>).
/// </summary>
/// <remarks>
/// What is written is the operating system's at once, so that a run that is killed loses none of it. A run that goes on writes a file of its own,
/// which says where it goes on: TensorBoard then drops what an earlier run, killed later than that, had written of later steps. A log looks on at
/// several runs: their steps are counted on. What cannot be written is told to <see cref="Warnings"/>, once for each kind of fault, and lost; later
/// points are tried again, and training goes on. Numbers and pictures may be added from any thread.
/// </remarks>
/// <param name="folder">Made with the first event if it is not there.</param>
public sealed class TensorBoardLog(string folder) : ITrainingObserver, IDisposable
{
    private const double Megabyte = 1024 * 1024;

    private readonly string folder = folder is { Length: > 0 } ? folder : throw new ArgumentException("A folder must be named.", nameof(folder));
    private readonly Lock gate = new();
    private readonly RunningMean lossMean = new();
    private StepMeans means = new();
    private LogFaults? faults;
    private EventFile? file;
    private long? firstStep;
    private long stepsBefore, lastStep;
    private (double Images, TimeSpan Elapsed) reached;
    private TrainingProgress? notYetWritten;

    /// <summary>Steps between two points, each of which is the mean over the steps since the one before. 50 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    public int Every
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Every), value, $"{nameof(Every)} must be at least 1.");
    } = 50;

    /// <summary>Told what could not be written; null by default.</summary>
    public IProgress<string>? Warnings { get; init; }

    /// <summary>Encodes pictures; null, the default: <see cref="SkiaImageCodec"/>.</summary>
    public IImageCodec? Codec { get; init; }

    /// <summary>Adds a number.</summary>
    /// <param name="tag">What TensorBoard calls it; those of one word before a slash are shown together.</param>
    /// <param name="step">The step, ≥ 0. Of one tag, steps rise.</param>
    /// <param name="value">The number; TensorBoard keeps float32.</param>
    /// <exception cref="ArgumentException">The tag is empty, or the step negative.</exception>
    public void AddScalar(string tag, long step, double value)
    {
        Check(tag, step);
        Write(events => events.Add(step, (tag, value)));
    }

    /// <summary>Adds a picture.</summary>
    /// <param name="tag">What TensorBoard calls it.</param>
    /// <param name="step">The step, ≥ 0. Of one tag, steps rise.</param>
    /// <param name="picture">The picture; a PNG of it is written.</param>
    /// <exception cref="ArgumentException">The tag is empty, or the step negative.</exception>
    public void AddImage(string tag, long step, Picture picture)
    {
        Check(tag, step);
        ArgumentNullException.ThrowIfNull(picture);
        var png = picture.EncodePng(Codec);
        Write(events => events.Add(step, tag, picture.Shape, png));
    }

    /// <inheritdoc/>
    public void BeforeTraining(Trainer trainer)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        lock (gate)
        {
            if (trainer.Step == 0)
                stepsBefore = lastStep;
            Dispose();
            (firstStep, means, reached, notYetWritten) = (stepsBefore + trainer.Step + 1, new(), default, null);
        }
        Write(events => events.Begin());
    }

    /// <inheritdoc/>
    public void AfterStep(Trainer trainer, TrainingProgress progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(progress);
        foreach (var read in progress.Read)
        {
            means.Add(read);
            if (!read.IsSkipped)
                lossMean.Add(read.Loss);
        }
        (lastStep, notYetWritten) = (stepsBefore + progress.Step, progress);
        if (progress.Step % Every == 0)
            Write(progress);
    }

    /// <inheritdoc/>
    public void AfterTraining(Trainer trainer, TrainingEnd ended)
    {
        if (notYetWritten is { } progress)
            Write(progress);
        Dispose();
    }

    /// <summary>Closes the file. What is added later goes to another one.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            file?.Dispose();
            file = null;
        }
    }

    private void Write(TrainingProgress progress)
    {
        var images = progress.ImagesPerSecond * progress.Elapsed.TotalSeconds;
        List<(string, double)> scalars =
        [
            .. means.Scalars(),
            (LogTags.LossMean, lossMean.Value),
            (LogTags.Skipped, progress.SkippedSteps),
            (LogTags.ImagesPerSecond, (images - reached.Images) / (progress.Elapsed - reached.Elapsed).TotalSeconds),
            (LogTags.Memory, Environment.WorkingSet / Megabyte),
        ];
        (means, reached, notYetWritten) = (new(), (images, progress.Elapsed), null);
        Write(events => events.Add(lastStep, [.. scalars.Where(scalar => double.IsFinite(scalar.Item2))]));
    }

    private void Write(Action<EventFile> add)
    {
        lock (gate)
        {
            faults ??= new(fault => Warnings?.Report($"The log for TensorBoard in {folder} has a gap: {fault}"));
            faults.Try(() =>
            {
                file ??= EventFile.Create(folder, firstStep);
                firstStep = null;
                add(file);
            });
        }
    }

    private static void Check(string tag, long step)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
    }
}
