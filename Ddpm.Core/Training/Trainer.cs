using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Ddpm.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>
/// Ho et al. 2020, Algorithm 1: draw images, t and ε, and take a gradient step on the loss between ε (or x_0, or v) and its prediction.
/// </summary>
public sealed class Trainer : IDisposable
{
    private readonly IDenoiser denoiser;
    private readonly nn.Module module;
    private readonly TrainingConditions conditions;
    private readonly BatchOrder order;
    private readonly TrainingLoss loss;
    private readonly TrainingLevels levels;
    private readonly double selfConditioningRate;
    private readonly optim.Optimizer optimizer;
    private readonly Parameter[] parameters;
    private readonly IStochasticModule[] drawing;
    private readonly WeightAverage? average;
    private readonly Device device;
    private readonly int drawnBefore;
    private IDisposable? averageInUse;
    private bool isDisposed;

    /// <summary>Prepares a run. The network stays where it is and stays the caller's.</summary>
    /// <param name="denoiser">A network that derives from <see cref="nn.Module"/> and has weights.</param>
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
        this.denoiser = denoiser;
        module = denoiser.Network
            ?? throw new ArgumentException(
                $"Only a denoiser that is or has an nn.Module can be trained, but this {denoiser.GetType().Name} has none.", nameof(denoiser));
        parameters = [.. module.parameters().Where(parameter => parameter.requires_grad)];
        if (parameters.Length == 0)
            throw new ArgumentException("The denoiser has no weights to train.", nameof(denoiser));
        Convolutions.Ensure(denoiser);
        drawing = [.. module.modules().Prepend(module).Distinct().OfType<IStochasticModule>()];
        (Process, Parameterization, Data, this.drawnBefore) = (process, parameterization ?? Parameterization.Epsilon, data, drawnBefore);
        Options = options ?? TrainingOptions.Paper;
        Options.Check();
        loss = Options.LossOf();
        levels = Options.Levels ?? TrainingLevels.Uniform;
        var traits = denoiser.Traits;
        selfConditioningRate = traits.TakesEstimate ? Options.SelfConditioningRate : 0;
        NetworkFit.CheckVariance(traits, Parameterization, data.Shape.Channels);
        loss.Check(process.Path, denoiser, Parameterization, showEstimate: selfConditioningRate > 0);
        if (!levels.AreSteps && (Options.BoundWeight > 0 || Options.Loss == LossKind.VariationalBound))
            throw new ArgumentException($"The bound is a sum over whole steps of the process, but the levels drawn are {levels}.", nameof(options));
        conditions = new TrainingConditions(traits, data, Options);
        Losses = new LossHistory(process.Steps);
        order = new BatchOrder(data.Count, Options.BatchSize, Options.DropLast, Options.Seed);
        device = parameters[0].device;
        // A gradient of cuDNN's may else differ from run to run in its last bits.
        if (device.type == DeviceType.CUDA)
            Libtorch.TrySwitch(Libtorch.DeterministicCudnn, on: true);
        optimizer = optim.Adam(module.parameters(), Options.LearningRate);
        average = Options.EmaDecay > 0 ? new WeightAverage(module) : null;
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
    public IDenoiser Denoiser => denoiser;

    /// <summary>Steps done.</summary>
    public int Step { get; private set; }

    /// <summary>Steps that one pass over the data set takes.</summary>
    public int StepsPerEpoch => order.StepsPerEpoch;

    /// <summary>
    /// Trains until <see cref="TrainingOptions.Steps"/> are done; then, and also when cancelled or failed, the network holds the averaged weights. A
    /// further call goes on from the raw ones. A network that is in training mode is left in it, so that parts of it may be frozen in evaluation
    /// mode; any other is in training mode meanwhile.
    /// </summary>
    /// <param name="progress">Told after every step.</param>
    /// <param name="observers">Called before the first step, after every step and at the end.</param>
    /// <param name="cancellationToken">Looked at between steps, and handed to the observers.</param>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    /// <exception cref="InvalidOperationException">Something still holds the averaged weights in the network (<see cref="UseAverage"/>).</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the step under way was finished.</exception>
    /// <exception cref="TrainingDivergedException">The loss or its gradient is not finite.</exception>
    public void Run(
        IProgress<TrainingProgress>? progress = null, IReadOnlyList<ITrainingObserver>? observers = null,
        CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        observers ??= [];
        if (average?.Uses > (averageInUse is null ? 0 : 1))
            throw new InvalidOperationException("The raw weights must be back before training goes on: dispose what UseAverage returned.");
        foreach (var observer in observers)
            observer.BeforeTraining(this);
        var mode = TrainingMode.Of(module);
        averageInUse?.Dispose();
        var end = TrainingEnd.Failed;
        try
        {
            TakeSteps(progress, observers, cancellationToken);
            end = TrainingEnd.Finished;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            end = TrainingEnd.Cancelled;
            throw;
        }
        catch (TrainingDivergedException)
        {
            end = TrainingEnd.Diverged;
            throw;
        }
        finally
        {
            averageInUse = average?.Use();
            mode.Restore();
            End(observers, end);
        }
    }

    /// <summary>
    /// Puts the averaged weights into the network until the result is disposed; without averaging, nothing changes. After <see cref="Run"/> they are
    /// there already, and stay.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    public IDisposable? UseAverage()
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        return average?.Use();
    }

    /// <summary>
    /// Frees the optimiser, the average and the network's gradients. The weights stay as they are, also when what <see cref="UseAverage"/> returned
    /// is disposed later.
    /// </summary>
    public void Dispose()
    {
        if (isDisposed)
            return;
        isDisposed = true;
        foreach (var parameter in parameters.Where(parameter => !parameter.IsInvalid))
            parameter.grad = null;
        optimizer.Dispose();
        average?.Dispose();
    }

    /// <summary>
    /// The gradient of a step, clipped, in the network's weights. Nothing is read from the device, and besides the batch only a few small tensors are
    /// copied to it.
    /// </summary>
    /// <returns>The loss, the gradient's norm before clipping and the N losses of the images, [2 + N], in the caller's dispose scope.</returns>
    internal (Tensor Figures, LevelDraw Drawn) ComputeGradient()
    {
        using var scope = NewDisposeScope();
        using var gradients = set_grad_enabled(true);
        var (seed, draw) = (Options.Seed, drawnBefore + Step);
        if (!module.training)
            module.train();
        foreach (var (i, part) in drawing.Index())
            part.Reseed(TrainingDraws.DropoutSeed(seed, draw, i));

        var indices = order.Indices(draw);
        var x0 = Pixels.Batch(Data, indices, i => Options.HorizontalFlip && TrainingDraws.IsMirrored(seed, draw, i), device);
        var drawn = levels.Draw(seed, draw, indices.Length, Process.Path, Losses);
        var ε = TrainingDraws.NoiseLike(seed, draw, x0, Options.OffsetNoise);

        optimizer.zero_grad();
        var showEstimate = TrainingDraws.ShowsEstimate(seed, draw, selfConditioningRate);
        var perImage = loss.PerImage(
            Process, denoiser, Parameterization, x0, drawn.At, ε, conditions.Of(indices, draw, x0), showEstimate);
        var mean = drawn.Weigh(perImage).mean();
        mean.backward();
        var norm = GradientNorm.Clip(parameters, Options.GradientClip);
        var figures = cat([mean.detach().view(1), norm.view(1).to(mean.dtype), perImage.detach()]);
        return (figures.MoveToOuterDisposeScope(), drawn);
    }

    /// <summary>The optimiser's step along the gradient, and that of the average.</summary>
    internal void ApplyGradient()
    {
        foreach (var group in optimizer.ParamGroups)
            group.LearningRate = Options.LearningRateAt(Step);
        optimizer.step();
        average?.Update(Options.EmaDecayAt(Step));
        Step++;
    }

    private void TakeSteps(IProgress<TrainingProgress>? progress, IReadOnlyList<ITrainingObserver> observers, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var (images, before) = (0L, Step);
        while (Step < Options.Steps)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (loss, norm, batch) = TakeStep();
            images += batch;
            var elapsed = clock.Elapsed;
            var report = new TrainingProgress(
                Step, Options.Steps, (Step - 1) / StepsPerEpoch + 1, loss, norm, Options.LearningRateAt(Step - 1),
                images / elapsed.TotalSeconds, elapsed) { StepsBefore = before };
            progress?.Report(report);
            foreach (var observer in observers)
                observer.AfterStep(this, report, cancellationToken);
        }
    }

    private (double Loss, double GradientNorm, int Batch) TakeStep()
    {
        using var scope = NewDisposeScope();
        var (figures, drawn) = ComputeGradient();
        // The only place where the device is waited for. It comes before the optimiser, so that a step that is not finite leaves the weights alone.
        var values = LossHistory.Read(figures);
        if (!float.IsFinite(values[0]) || !float.IsFinite(values[1]))
            throw new TrainingDivergedException(Step + 1, values[0], values[1]);
        if (levels.AreSteps)
            Losses.Add(drawn.At, values.AsSpan(2));
        ApplyGradient();
        return (values[0], values[1], drawn.At.Count);
    }

    // Of a run that did not finish, what ended it is told, not what went wrong after.
    private void End(IReadOnlyList<ITrainingObserver> observers, TrainingEnd end)
    {
        ExceptionDispatchInfo? first = null;
        foreach (var observer in observers)
            try
            {
                observer.AfterTraining(this, end);
            }
            catch (Exception fault)
            {
                first ??= ExceptionDispatchInfo.Capture(fault);
            }
        if (end == TrainingEnd.Finished)
            first?.Throw();
    }
}
