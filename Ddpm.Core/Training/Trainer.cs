using Ddpm.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>
/// Ho et al. 2020, Algorithm 1: draw images, t and ε, and take a gradient step on the loss between ε (or x_0, or v) and its prediction.
/// </summary>
/// <remarks>
/// The network's weights become views of one tensor, as are its gradients, the optimiser's moments and the averages: each is one pass over memory.
/// They stay so after the run, which only their owner's <c>state_dict</c> would show.
/// </remarks>
public sealed class Trainer : IDisposable
{
    private const int ReadEveryElsewhere = 10;
    private const int BatchesAhead = 3;         // the one under way and two that may be decoded meanwhile

    private readonly nn.Module module;
    private readonly BatchOrder order;
    private readonly GradientStep gradient;
    private readonly TrainedTensors tensors;
    private readonly TrainingFigures figures;
    private readonly int readEvery;
    private readonly List<StepRecord> unreported = [];
    private TrainingRanks ranks = new(null);
    private IDisposable? averageInUse;
    private bool isDisposed;

    /// <summary>Prepares a run. The network stays where it is and stays the caller's.</summary>
    /// <param name="denoiser">A network that derives from <see cref="nn.Module"/> and has weights, all of one type and on one device.</param>
    /// <param name="process">The forward process.</param>
    /// <param name="data">At least one batch of images that the network takes, with labels if it has classes.</param>
    /// <param name="options">The recipe; null for the paper's.</param>
    /// <param name="parameterization">What the network is shown, told and asked for; null for ε by x_t and the step.</param>
    /// <param name="drawnBefore">Steps of earlier runs with the same seed, ≥ 0, whose draws of images, t and noise are not repeated.</param>
    /// <exception cref="ArgumentException">The denoiser cannot be trained, an option is out of range, or the data set is smaller than a batch or has
    /// not the labels that the network needs.</exception>
    public Trainer(
        IDenoiser denoiser, GaussianDiffusion process, IImageDataset data, TrainingOptions? options = null,
        Parameterization? parameterization = null, int drawnBefore = 0)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        ArgumentNullException.ThrowIfNull(process);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfNegative(drawnBefore);
        module = denoiser.Network
            ?? throw new ArgumentException(
                $"Only a denoiser that is or has an nn.Module can be trained, but this {denoiser.GetType().Name} has none.", nameof(denoiser));
        if (module.parameters().FirstOrDefault(parameter => parameter.requires_grad) is not { device: var device })
            throw new ArgumentException("The denoiser has no weights to train.", nameof(denoiser));
        Convolutions.Ensure(denoiser);
        (Denoiser, Process, Data, DrawnBefore) = (denoiser, process, data, drawnBefore);
        Parameterization = parameterization ?? Parameterization.Epsilon;
        Options = options ?? TrainingOptions.Paper;
        Options.Check();
        Losses = new LossHistory(process.Steps);
        gradient = new(denoiser, module, process, Parameterization, data, Options, Losses, device);
        order = new BatchOrder(data.Count, Options.BatchSize, Options.DropLast, Options.Seed);
        var levels = Options.Levels ?? TrainingLevels.Uniform;
        figures = new(Losses, levels.AreSteps, process.Steps);
        readEvery = levels.GoByLosses ? 1 : Options.ReadEvery ?? (device.type == DeviceType.CPU ? 1 : ReadEveryElsewhere);
        // A gradient of cuDNN's may else differ from run to run in its last bits.
        if (device.type == DeviceType.CUDA)
            Libtorch.TrySwitch(Libtorch.DeterministicCudnn, on: true);
        var channelsLast = device.type == DeviceType.CPU && denoiser.Traits.Layout != ConvolutionLayout.Unknown;
        tensors = new(module, channelsLast, Options.Optimizer, Options.AveragesKept, Options.Precision);
    }

    /// <summary>The forward process.</summary>
    public GaussianDiffusion Process { get; }

    /// <summary>What the network is shown, told and asked for.</summary>
    public Parameterization Parameterization { get; }

    /// <summary>The images.</summary>
    public IImageDataset Data { get; }

    /// <summary>The recipe.</summary>
    public TrainingOptions Options { get; }

    /// <summary>The last losses of every step t, which <see cref="TrainingOptions.Levels"/> may draw by.</summary>
    public LossHistory Losses { get; }

    /// <summary>The network in training.</summary>
    public IDenoiser Denoiser { get; }

    /// <summary>Steps done.</summary>
    public int Step { get; private set; }

    /// <summary>Steps of earlier runs, whose draws are not repeated.</summary>
    public int DrawnBefore { get; private set; }

    /// <summary>Steps that one pass over the data set takes.</summary>
    public int StepsPerEpoch => order.StepsPerEpoch;

    /// <summary>
    /// Combines the gradients of processes that train together, before clipping; null by default: this one trains alone. Each takes a slice of the
    /// batch, so that any number of them gives the same training but for rounding. All begin with the state of process 0. If one is cancelled, all
    /// are. Figures are those of the whole batch.
    /// </summary>
    public IGradientSync? GradientSync
    {
        get;
        init
        {
            (field, ranks) = (value, new(value));
            if (Options.ShardOptimizer)
                ranks.Share(tensors);
        }
    }

    /// <summary>
    /// Trains until <see cref="TrainingOptions.Steps"/> are done; then, and also when cancelled or failed, the network holds the averaged weights. A
    /// further call goes on from the raw ones. Where it failed and processes share the averages (<see cref="TrainingOptions.ShardOptimizer"/>), the
    /// network keeps the raw ones. A network that is in training mode is left in it, so that parts of it may be frozen in evaluation mode; any other
    /// is in training mode meanwhile.
    /// </summary>
    /// <param name="progress">Told after every step.</param>
    /// <param name="observers">Called before the first step, after every step and at the end.</param>
    /// <param name="cancellationToken">Looked at between steps, and handed to the observers.</param>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    /// <exception cref="InvalidOperationException">Something still holds averaged weights in the network (<see cref="UseAverage"/>).</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the step under way was finished.</exception>
    /// <exception cref="TrainingDivergedException">More steps than <see cref="TrainingOptions.MaximumSkips"/>, one after the other, had a loss or a
    /// gradient that was not finite, or the weights are not.</exception>
    public void Run(
        IProgress<TrainingProgress>? progress = null, IReadOnlyList<ITrainingObserver>? observers = null,
        CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        observers ??= [];
        if (tensors.Averages.Uses > (averageInUse is null ? 0 : 1))
            throw new InvalidOperationException("The raw weights must be back before training goes on: dispose what UseAverage returned.");
        TrainingObservers.Begin(this, observers);
        var mode = TrainingMode.Of(module);
        if (averageInUse is null)
            tensors.Weights.Adopt();
        PutRawWeightsBack();
        var end = TrainingEnd.Failed;
        try
        {
            (Step, DrawnBefore) = ranks.Begin(this, tensors, figures);
            TakeSteps(progress, observers, cancellationToken);
            end = TrainingEnd.Finished;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested || ranks.HaveStopped)
        {
            end = TrainingEnd.Cancelled;
            ranks.StopOthers();
            throw;
        }
        catch (TrainingDivergedException)
        {
            end = TrainingEnd.Diverged;
            throw;
        }
        finally
        {
            tensors.Weights.DropGradients();
            if (end == TrainingEnd.Failed)
                ranks.Shards?.Fail();
            if (end != TrainingEnd.Failed || ranks.Shards is null)
                averageInUse = UseAverage();
            mode.Restore();
            try
            {
                TrainingObservers.End(this, observers, end);
            }
            finally
            {
                if (end != TrainingEnd.Failed)
                    ranks.Shards?.End();
            }
        }
    }

    /// <summary>
    /// Puts averaged weights into the network until the result is disposed; without averaging, nothing changes. After <see cref="Run"/> the first
    /// ones are there already, and stay. Nothing is copied.
    /// </summary>
    /// <param name="which">Which of <see cref="TrainingOptions.Averages"/>, 0-based.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such average.</exception>
    /// <exception cref="InvalidOperationException">Another one is in the network; or processes share it
    /// (<see cref="TrainingOptions.ShardOptimizer"/>) and are not in a run.</exception>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    public IDisposable? UseAverage(int which = 0)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        var kept = tensors.Averages.All.Count;
        if (which < 0 || which >= Math.Max(kept, 1))
            throw new ArgumentOutOfRangeException(nameof(which), which, $"The average must be in 0..{kept - 1}.");
        return kept == 0 ? null : tensors.UseAverage(which, ranks);
    }

    /// <summary>
    /// Copies everything that the run needs to go on; it may be called between steps and after the run. Of processes that share the optimiser
    /// (<see cref="TrainingOptions.ShardOptimizer"/>) any may call it from an observer, and the others hand over what they have; none may after the
    /// run.
    /// </summary>
    /// <returns>Copies on the CPU, which the caller disposes.</returns>
    /// <exception cref="InvalidOperationException">Processes share the optimiser, and are not in a run.</exception>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    public TrainingState Capture()
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        unreported.AddRange(figures.Read());
        return tensors.Capture(this, figures, ranks);
    }

    /// <summary>
    /// Goes on where a run stood that was made with the same network, data and recipe; <see cref="TrainingOptions.Steps"/> may differ. On the CPU all
    /// further steps are bit for bit those of a run that was never stopped.
    /// </summary>
    /// <param name="state">What <see cref="Capture"/> gave; it stays the caller's.</param>
    /// <exception cref="ArgumentException">It is of another network, process or recipe; nothing has changed.</exception>
    /// <exception cref="InvalidOperationException">Something holds averaged weights in the network (<see cref="UseAverage"/>).</exception>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    public void Restore(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (tensors.Averages.Uses > (averageInUse is null ? 0 : 1))
            throw new InvalidOperationException("The raw weights must be back before a state is restored: dispose what UseAverage returned.");
        PutRawWeightsBack();
        var losses = new LossHistory(Losses.Steps);
        losses.Import([.. state.Losses]);
        tensors.Restore(state);
        Losses.Import([.. state.Losses]);
        unreported.Clear();
        (Step, DrawnBefore, figures.Skipped, figures.SkippedInARow) = (state.Step, state.DrawnBefore, state.SkippedSteps, state.SkippedInARow);
    }

    /// <summary>
    /// Frees the optimiser, the averages and the network's gradients. The weights stay as they are, also when what <see cref="UseAverage"/> returned
    /// is disposed later.
    /// </summary>
    public void Dispose()
    {
        if (isDisposed)
            return;
        isDisposed = true;
        tensors.Dispose();
        figures.Dispose();
    }

    /// <summary>Moments and averages: of all weights, or of this process's slice.</summary>
    internal IEnumerable<Tensor> OptimizerTensors => tensors.Shared().Select(values => values.Current);

    /// <summary>A step, of which nothing is read from the device; besides the batch only a few small tensors are copied to it.</summary>
    internal void TakeStep()
    {
        using var scope = NewDisposeScope();
        if (!module.training)
            module.train();
        tensors.Weights.DropGradients();            // of whoever else asked for some
        var draw = DrawnBefore + Step;
        Data.Expect(order.Ahead(draw, BatchesAhead, ranks.SliceOf));
        var indices = order.Indices(draw);
        var (ownMean, ownLosses, drawn) = gradient.Compute(draw, indices, tensors.Weights, ranks.SliceOf(indices.Length));
        ranks.Combine(tensors.Weights.Gradient);
        var (mean, perImage) = ranks.Gather(ownMean, ownLosses, indices.Length);
        var (norm, taken) = tensors.Step(mean, Step, Options, ranks);
        figures.Add(Step + 1, Options.LearningRateAt(Step), mean, norm, taken, perImage, drawn);
        Step++;
    }

    private void TakeSteps(IProgress<TrainingProgress>? progress, IReadOnlyList<ITrainingObserver> observers, CancellationToken cancellationToken)
    {
        var reports = new TrainingReports(this);
        while (ranks.GoOn(isLeft: Step < Options.Steps, cancellationToken))
        {
            TakeStep();
            if (figures.Waiting >= readEvery || ranks.AreSeveral || Step == Options.Steps || cancellationToken.IsCancellationRequested)
                unreported.AddRange(figures.Read());
            CheckSkips();
            var report = reports.Next(unreported, figures.Skipped);
            unreported.Clear();
            progress?.Report(report);
            foreach (var observer in observers)
                observer.AfterStep(this, report, cancellationToken);
        }
    }

    // A batch may be bad, or a few; but from weights that are not finite no step leads back.
    private void CheckSkips()
    {
        if (figures.SkippedInARow > 0 && unreported.LastOrDefault() is { IsSkipped: true } last
            && (figures.SkippedInARow > Options.MaximumSkips || !tensors.AreFinite()))
            throw new TrainingDivergedException(last.Step, last.Loss, last.GradientNorm, figures.SkippedInARow);
    }

    private void PutRawWeightsBack()
    {
        averageInUse?.Dispose();
        averageInUse = null;
    }
}
