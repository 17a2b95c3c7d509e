using Ddpm.Telemetry;
using Ddpm.Training;

namespace Ddpm;

public sealed partial class Diffusion
{
    private int stepsTrained;

    /// <summary>
    /// Processes that <see cref="Train"/> trains together with (<see cref="Trainer.GradientSync"/>); null by default: this one trains alone.
    /// </summary>
    public IGradientSync? GradientSync { get; set; }

    /// <summary>
    /// Trains the network; in the end, also when cancelled, it holds the averaged weights. A model that was trained before, here or before it was
    /// loaded, is trained further or anew only as <see cref="TrainingOptions.IfTrained"/> asks. A run that takes no step leaves it as it was.
    /// </summary>
    /// <param name="options">The recipe; null for the paper's.</param>
    /// <param name="data">Images of the network's shape; null: what the builder's reader reads.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="observers">Called before the first step, after every step and at the end: <see cref="TrainingRecorder"/> saves and draws.</param>
    /// <param name="resume">
    /// Where a run of the same recipe was saved that goes on here, whatever weights the model has now: a <see cref="TrainingRecorder"/>'s folder, or
    /// one of its checkpoints. <see cref="TrainingOptions.Steps"/> may differ. On the CPU every further step is bit for bit what it would have been.
    /// Of the newest checkpoints that are damaged <see cref="Warned"/> tells. null by default: a run begins.
    /// </param>
    /// <param name="cancellationToken">Looked at while the data are read and between steps, and handed to the observers.</param>
    /// <exception cref="InvalidOperationException">No data are given, here or to the builder; or the model is trained already, and the options do
    /// not say what then.</exception>
    /// <exception cref="ArgumentException">The images have another shape, there are too few, an option is out of range,
    /// or the network cannot be trained; or the run to go on with is of another recipe: the message says what differs.</exception>
    /// <exception cref="IOException">There is no state to go on from, or none that is whole.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the step under way was finished.</exception>
    /// <exception cref="TrainingDivergedException">The loss or its gradient is not finite, step after step.</exception>
    public void Train(
        TrainingOptions? options = null, IImageDataset? data = null, IProgress<TrainingProgress>? progress = null,
        IReadOnlyList<ITrainingObserver>? observers = null, string? resume = null, CancellationToken cancellationToken = default)
    {
        if (data is null && dataset is null)
            throw new InvalidOperationException("There is no data set: give one to the builder (WithDataset, WithCifar10) or to Train.");
        options ??= TrainingOptions.Paper;
        var startsAnew = resume is null && IsTrained && StartsAnew(options);
        data ??= dataset!.Read(cancellationToken: cancellationToken);
        if (data.Shape != Image)
            throw new ArgumentException($"The data set must have images of {Image}, as the network has, but has {data.Shape}.", nameof(data));
        using var state = resume is null ? null : ReadState(resume, options, data, cancellationToken);
        var namesBefore = TakeClassNames(data, startsAnew);
        using var old = startsAnew ? ReplacedWeights.By(Denoiser, FreshSeed) : null;
        var (before, wasUntrained) = (state?.DrawnBefore ?? (startsAnew ? 0 : stepsTrained), IsUntrained);
        Trainer? trainer = null;
        try
        {
            trainer = new(Denoiser, Process, data, options with { Levels = options.Levels ?? Levels }, Prediction.Parameterization, before)
                { GradientSync = GradientSync };
            if (state is not null)
                trainer.Restore(state);
            state?.Dispose();               // as large as the run's own
            foreach (var warning in TrainingPrecisionCheck.Warnings(Denoiser, options.Precision))
                Warned?.Invoke(this, new DiffusionWarningEventArgs(warning));
            IsUntrained = false;            // what observers draw is of a network in training
            trainer.Run(progress, TrainingTelemetry.Beside(observers), cancellationToken);
        }
        finally
        {
            var steps = trainer?.Step ?? 0;
            trainer?.Dispose();
            IsUntrained = wasUntrained && steps == 0;
            if (steps > 0)
                (stepsTrained, IsTrained) = (trainer!.DrawnBefore + steps, true);
            else
            {
                old?.PutBack();
                ClassNames = namesBefore;
            }
        }
    }

    /// <summary>Whether a folder holds states of a run, which <see cref="Train"/> may go on from: a <see cref="TrainingRecorder"/>'s folder,
    /// say.</summary>
    /// <param name="folder">It need not be there.</param>
    public static bool HasTrainingState(string folder) => TrainingCheckpoint.AreIn(folder);

    /// <summary>The seed of fresh weights.</summary>
    internal ulong FreshSeed { get; init; }

    /// <summary>Whether the weights are known to be trained ones: by <see cref="Train"/>, or of a checkpoint.</summary>
    internal bool IsTrained { get; set; }

    private TrainingState ReadState(string folder, TrainingOptions options, IImageDataset data, CancellationToken cancellationToken)
    {
        var (state, recipe) = TrainingCheckpoint.ReadNewest(
            folder, fault => Warned?.Invoke(this, new DiffusionWarningEventArgs(fault)), cancellationToken);
        if (TrainingRecipe.Differences(recipe, TrainingRecipe.Of(Parts, options, data)) is not { Count: > 0 } differences)
            return state;
        state.Dispose();
        throw new ArgumentException(
            $"A run must go on by the recipe that it began with, but that in {folder} is another: {string.Join("; ", differences)}.", nameof(options));
    }

    private static bool StartsAnew(TrainingOptions options) => options.IfTrained switch
    {
        WhenTrained.GoOn => false,
        WhenTrained.StartAnew => true,
        _ => throw new InvalidOperationException(
            $"The model is trained already: say by {nameof(TrainingOptions)}.{nameof(TrainingOptions.IfTrained)} whether to go on from its weights "
            + $"({nameof(WhenTrained.GoOn)}) or to train anew from fresh ones ({nameof(WhenTrained.StartAnew)})."),
    };
}
