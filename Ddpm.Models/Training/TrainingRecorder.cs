using System.Globalization;
using Ddpm.Evaluation;
using Ddpm.Training;

namespace Ddpm;

/// <summary>
/// Keeps what training brings, in a folder: the model (<c>model/</c>), states from which a run that was stopped goes on (<c>checkpoints/</c>), a grid
/// of samples (<c>samples.png</c>, and one a picture under <c>samples/</c>), the loss as a plot and a table (<c>loss.png</c>, <c>loss.csv</c>), and,
/// given held-out images, their loss; given an <see cref="Evaluation"/>, the distances (<c>evaluation.csv</c>) and the best model by them
/// (<c>best/</c>). All but the states with the averaged weights. A run that is cancelled, diverges or fails leaves its last good
/// weights, its state and its losses there too.
/// </summary>
/// <remarks>
/// The folder is made and tried before the first step, and no other run may write there. Models and states are copied and then written on another
/// thread; where that takes longer than until the next is due, the next waits, and training does not. What cannot be written later (a full disk, a
/// picture that a viewer holds open), or drawn, is told to <see cref="Warnings"/> and tried again when it is due again; training goes on. Only the
/// model at the end of a finished run must be written, else the run ends with the exception. A recorder may look on at several runs: their steps are
/// counted on, and so are those of a run that it goes on with (<see cref="Diffusion.Train"/>, resume).
/// </remarks>
/// <param name="diffusion">What is trained.</param>
/// <param name="folder">Made if it is not there.</param>
public sealed class TrainingRecorder(Diffusion diffusion, string folder) : ITrainingObserver, IDisposable
{
    private readonly List<string> faults = [];
    private RecordedLosses? recorded;
    private RecordedDistances? distances;
    private TrainingSaver? saver;
    private int stepsBefore, lastSaved;
    private bool isDue;
    private (int Step, double? Score, bool IsBest) scored;

    /// <summary>Whether the model is kept. Yes by default: one that cannot be saved is then refused before the first step.</summary>
    public bool SavesModel { get; init; } = true;

    /// <summary>
    /// How many states from which the run can go on are kept, at least 2, and beside them the best one: that with the lowest distance, or, without an
    /// <see cref="Evaluation"/>, the lowest held-out loss. 2 by default; 0: none. Each takes as much room as the weights, their
    /// averages and the optimiser's moments; while one is written there is one more.
    /// </summary>
    public int StatesKept
    {
        get;
        init => field = value is 0 or >= 2
            ? value
            : throw new ArgumentOutOfRangeException(nameof(StatesKept), value, $"{nameof(StatesKept)} must be 0 or at least 2.");
    } = 2;

    /// <summary>Steps between two savings of the model and the state; the end is always saved. 1,000 by default; 0: the end only.</summary>
    public int SaveEvery { get; init => field = AtLeast(value, 0, nameof(SaveEvery)); } = 1000;

    /// <summary>Steps between two grids of samples and plots; the end is always drawn. 1,000 by default; 0: the end only.</summary>
    public int PictureEvery { get; init => field = AtLeast(value, 0, nameof(PictureEvery)); } = 1000;

    /// <summary>Images in a grid. 16 by default; 0: no grids.</summary>
    public int Pictures { get; init => field = AtLeast(value, 0, nameof(Pictures)); } = 16;

    /// <summary>Columns of a grid. 8 by default.</summary>
    public int Columns { get; init => field = AtLeast(value, 1, nameof(Columns)); } = 8;

    /// <summary>How many times larger than they are the images are drawn. 2 by default.</summary>
    public int Scale { get; init => field = AtLeast(value, 1, nameof(Scale)); } = 2;

    /// <summary>Encodes the pictures; null, the default: <see cref="SkiaImageCodec"/>.</summary>
    public IImageCodec? Codec { get; init; }

    /// <summary>How the images of a grid are drawn; null: as the diffusion draws by default. A sampler of fewer steps saves time.</summary>
    public SamplingOptions? Sampling { get; init; }

    /// <summary>
    /// Images that training does not see; their loss (<see cref="HeldOutLoss"/>) is measured whenever pictures are drawn. Classes with names must be
    /// those of the training images. null by default.
    /// </summary>
    public IImageDataset? HeldOut { get; init; }

    /// <summary>How many of them, from the first. 200 by default.</summary>
    public int HeldOutCount { get; init => field = AtLeast(value, 1, nameof(HeldOutCount)); } = 200;

    /// <summary>
    /// Measures how good the images are, and keeps the best model. null by default: it costs time, in which training waits. When it is due the model
    /// and the state are saved too.
    /// </summary>
    public TrainingEvaluation? Evaluation { get; init; }

    /// <summary>Given the held-out losses, the distances and the grids too, and the rest where it observes the run itself; null by default.</summary>
    public TensorBoardLog? TensorBoard { get; init; }

    /// <summary>Told of what could not be written, in a sentence that names the file; null by default. <see cref="Faults"/> keeps them.</summary>
    public IProgress<string>? Warnings { get; init; }

    /// <summary>Steps and their loss, in order.</summary>
    public IReadOnlyList<(double Step, double Loss)> Losses => recorded?.Losses ?? [];

    /// <summary>Steps and the mean held-out loss there, in order.</summary>
    public IReadOnlyList<(double Step, double Loss)> HeldOutLosses => recorded?.HeldOut ?? [];

    /// <summary>Steps and the distance measured there (<see cref="Evaluation"/>), in order.</summary>
    public IReadOnlyList<(double Step, double Distance)> Distances => distances?.All ?? [];

    /// <summary>What could not be written so far.</summary>
    public IReadOnlyList<string> Faults
    {
        get
        {
            lock (faults)
                return [.. faults];
        }
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The folder cannot be written, or holds a pipeline where the model goes.</exception>
    /// <exception cref="InvalidOperationException">The model cannot be saved, and is to be (<see cref="SavesModel"/>).</exception>
    /// <exception cref="PlatformNotSupportedException">The program was compiled by native AOT, and model or states are to be saved.</exception>
    /// <exception cref="ArgumentException">The held-out images are not of the shape or the classes of the images to train on, or
    /// <see cref="Sampling"/> or <see cref="Evaluation"/> does not fit the diffusion.</exception>
    public void BeforeTraining(Trainer trainer)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        if (HeldOut is not null)
            HeldOutImages.Check(HeldOut, trainer.Data, diffusion.Denoiser.Traits);
        if (Pictures > 0)
            diffusion.Check(Pictures, OfPictures);
        Evaluation?.Check(diffusion);
        if (SavesModel && diffusion.WhyNotSaved() is { } reason)
            throw new InvalidOperationException(
                $"The model must be one that can be saved: {reason} To train without saving it, set "
                + $"{nameof(TrainingRecorder)}.{nameof(SavesModel)} to false.");
        if (SavesModel)
            ModelFolder.CheckEmptyOfPipelines(TrainingSaver.ModelIn(folder));
        if (SavesModel && Evaluation is not null)
            ModelFolder.CheckEmptyOfPipelines(TrainingSaver.BestIn(folder));
        OutputFolder.Prepare(folder);
        saver?.Dispose();
        saver = new(diffusion, trainer, folder, SavesModel, StatesKept == 0 ? null : StatesKept, Tell);
        recorded ??= new(folder, new Told(Tell));
        if (trainer.Step == 0)
            stepsBefore = Math.Max(trainer.DrawnBefore, recorded.Losses.Count == 0 ? 0 : (int)recorded.Losses[^1].Step);
        else if (recorded.Losses.Count == 0)
            stepsBefore = trainer.DrawnBefore;
        recorded.Begin(stepsBefore + trainer.Step);
        if (Evaluation is not null)
            (distances ??= new(folder, new Told(Tell))).Begin(stepsBefore + trainer.Step);
        (lastSaved, isDue, scored) = (trainer.Step, false, default);
    }

    /// <inheritdoc/>
    public void AfterStep(Trainer trainer, TrainingProgress progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(progress);
        var step = stepsBefore + progress.Step;
        var isLast = progress.Step == progress.Steps;
        var draw = isLast || IsDue(progress.Step, PictureEvery);
        var evaluate = Evaluation is { } evaluation && (isLast || IsDue(progress.Step, evaluation.Every));
        isDue |= IsDue(progress.Step, SaveEvery);
        try
        {
            if (draw)
                WithAverage(trainer, () => MeasureHeldOut(trainer.Step, step, cancellationToken));
        }
        finally
        {
            // Before the state, so that a run that goes on from the state knows all losses until there.
            recorded!.Add(progress.Read, stepsBefore);
        }
        if (evaluate)
            WithAverage(trainer, () => Evaluate(trainer.Step, step, cancellationToken));
        if (!isLast && (evaluate || isDue && !saver!.IsBusy))
            Save(trainer);
        if (!draw)
            return;
        WithAverage(trainer, () => DrawSamples(step, cancellationToken));
        DrawLoss();
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The model of a finished run cannot be written.</exception>
    public void AfterTraining(Trainer trainer, TrainingEnd ended)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        try
        {
            if (trainer.Step > lastSaved)
                SaveNow(trainer, mustSucceed: ended == TrainingEnd.Finished);
            if (trainer.Step > 0 && ended != TrainingEnd.Finished)
                DrawLoss();
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Waits for what is being written and gives the folder back, as the end of a run does.</summary>
    public void Dispose()
    {
        saver?.Dispose();
        recorded?.Dispose();
        distances?.Dispose();
    }

    private static bool IsDue(int step, int every) => every > 0 && step % every == 0;

    private static int AtLeast(int value, int least, string name) =>
        value >= least ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least {least}.");

    private void Save(Trainer trainer) => Try(() =>
    {
        var (score, isBest) = ScoreAt(trainer.Step);
        saver!.Begin(trainer, stepsBefore + trainer.Step, score, isBest);
        (lastSaved, isDue) = (trainer.Step, false);
    });

    private void SaveNow(Trainer trainer, bool mustSucceed)
    {
        var (score, isBest) = ScoreAt(trainer.Step);
        void Write() => saver!.SaveNow(trainer, stepsBefore + trainer.Step, score, isBest);
        if (mustSucceed)
            Write();
        else
            Try(Write);
        lastSaved = trainer.Step;
    }

    private (double? Score, bool IsBest) ScoreAt(int step) => scored.Step == step ? (scored.Score, scored.IsBest) : (null, false);

    private void MeasureHeldOut(int ownStep, int step, CancellationToken cancellationToken)
    {
        if (HeldOut is null)
            return;
        var mean = HeldOutImages.MeanLoss(diffusion, HeldOut, HeldOutCount, cancellationToken);
        recorded!.AddHeldOut(step, mean);
        TensorBoard?.AddScalar(LogTags.HeldOut, step, mean);
        if (Evaluation is null)
            scored = (ownStep, mean, false);
    }

    private void Evaluate(int ownStep, int step, CancellationToken cancellationToken)
    {
        var result = Evaluation!.Measure(diffusion, cancellationToken);
        var isBest = distances!.Add(step, result, Evaluation.Extractor.Space);
        TensorBoard?.AddScalar(LogTags.Distance, step, result.Value);
        scored = (ownStep, result.Value, isBest);
    }

    private void DrawSamples(int step, CancellationToken cancellationToken)
    {
        if (Pictures == 0)
            return;
        using var images = diffusion.Sample(Pictures, OfPictures, cancellationToken: cancellationToken);
        var grid = PictureGrid.Grid(images, Columns, Scale);
        Try(() => grid.SavePng(Path.Combine(folder, "samples", step.ToString("D7", CultureInfo.InvariantCulture) + ".png"), Codec));
        Try(() => grid.SavePng(Path.Combine(folder, "samples.png"), Codec));
        TensorBoard?.AddImage(LogTags.Samples, step, grid);
    }

    private SamplingOptions OfPictures => SamplingDefaults.Repeatable(Sampling, diffusion.Denoiser.Traits, Pictures);

    private void DrawLoss() => Try(() => recorded!.Plot()?.SavePng(Path.Combine(folder, "loss.png"), Codec));

    private void WithAverage(Trainer trainer, Action action) => Try(() =>
    {
        using var average = trainer.UseAverage();
        action();
    });

    // Nothing that only shows the run may end it; but to stop it is meant.
    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Tell(fault.Message);
        }
    }

    // Also called by the thread that writes.
    private void Tell(string fault)
    {
        lock (faults)
            faults.Add(fault);
        Warnings?.Report(fault);
    }
}
