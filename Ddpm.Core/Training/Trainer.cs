using System.Diagnostics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// Ho et al. 2020, Algorithm 1: draw images, t and ε, and take a gradient step on the loss between ε (or x_0, or v) and its prediction.
/// </summary>
public sealed class Trainer : IDisposable
{
    private readonly IDenoiser denoiser;
    private readonly nn.Module module;
    private readonly IImageDataset data;
    private readonly IReadOnlyList<int>? labels;
    private readonly BatchOrder order;
    private readonly TrainingLoss loss;
    private readonly double selfConditioningRate;
    private readonly optim.Optimizer optimizer;
    private readonly Parameter[] parameters;
    private readonly WeightAverage? average;
    private readonly Device device;
    private IDisposable? averageInUse;

    /// <summary>Prepares a run. The network stays where it is and stays the caller's.</summary>
    /// <param name="denoiser">A network that derives from <see cref="nn.Module"/> and has weights.</param>
    /// <param name="process">The forward process.</param>
    /// <param name="data">At least one batch of images that the network takes, with labels if it has classes.</param>
    /// <param name="options">The recipe; null for the paper's.</param>
    /// <param name="prediction">What the network learns to predict.</param>
    /// <exception cref="ArgumentException">The denoiser cannot be trained, an option is out of range, or the data set is smaller than a batch or has
    /// not the labels that the network needs.</exception>
    public Trainer(
        IDenoiser denoiser, GaussianDiffusion process, IImageDataset data, TrainingOptions? options = null,
        PredictionType prediction = PredictionType.Epsilon)
    {
        ArgumentNullException.ThrowIfNull(process);
        ArgumentNullException.ThrowIfNull(data);
        this.denoiser = denoiser;
        module = denoiser as nn.Module
            ?? throw new ArgumentException(
                $"Only a denoiser that derives from nn.Module can be trained, but this is a {denoiser?.GetType().Name ?? "null"}.", nameof(denoiser));
        parameters = [.. module.parameters().Where(parameter => parameter.requires_grad)];
        if (parameters.Length == 0)
            throw new ArgumentException("The denoiser has no weights to train.", nameof(denoiser));
        Convolutions.Ensure(module);
        (Process, Prediction) = (process, prediction);
        this.data = data;
        Options = options ?? TrainingOptions.Paper;
        Options.Check();
        loss = Options.LossOf(prediction);
        selfConditioningRate = denoiser is ISelfConditionedDenoiser { TakesEstimate: true } ? Options.SelfConditioningRate : 0;
        loss.Check(process, showEstimate: selfConditioningRate > 0);
        labels = ClassLabels.OfData(denoiser, data);
        if (Options.LabelDropout > 0 && (denoiser as IConditionalDenoiser)?.NullClass is null)
            throw new ArgumentException(
                $"Label dropout needs a network with a null class, but it has none and the dropout is {Options.LabelDropout}.", nameof(options));
        Losses = new LossHistory(process.Steps);
        order = new BatchOrder(data.Count, Options.BatchSize, Options.DropLast, Options.Seed);
        device = parameters[0].device;
        optimizer = optim.Adam(module.parameters(), Options.LearningRate);
        average = Options.EmaDecay > 0 ? new WeightAverage(module) : null;
    }

    /// <summary>The forward process.</summary>
    public GaussianDiffusion Process { get; }

    /// <summary>What the network learns to predict.</summary>
    public PredictionType Prediction { get; }

    /// <summary>The recipe.</summary>
    public TrainingOptions Options { get; }

    /// <summary>The last losses of every step t, which <see cref="TrainingOptions.StepSampling"/> may draw by.</summary>
    public LossHistory Losses { get; }

    /// <summary>The images to learn from.</summary>
    public IImageDataset Data => data;

    /// <summary>The network in training.</summary>
    public IDenoiser Denoiser => denoiser;

    /// <summary>Steps done.</summary>
    public int Step { get; private set; }

    /// <summary>Steps that one pass over the data set takes.</summary>
    public int StepsPerEpoch => order.StepsPerEpoch;

    /// <summary>
    /// Trains until <see cref="TrainingOptions.Steps"/> are done; then, and also when cancelled or failed, the network
    /// holds the averaged weights. A further call goes on from the raw ones.
    /// </summary>
    /// <param name="progress">Told after every step.</param>
    /// <param name="observers">Called after every step.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <exception cref="OperationCanceledException">Cancelled; the step under way was finished.</exception>
    /// <exception cref="TrainingDivergedException">The loss or its gradient is not finite.</exception>
    public void Run(
        IProgress<TrainingProgress>? progress = null, IReadOnlyList<ITrainingObserver>? observers = null,
        CancellationToken cancellationToken = default)
    {
        var clock = Stopwatch.StartNew();
        var images = 0L;
        var wasTraining = module.training;
        averageInUse?.Dispose();
        try
        {
            while (Step < Options.Steps)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var (loss, norm, batch) = TakeStep();
                images += batch;
                var elapsed = clock.Elapsed;
                var report = new TrainingProgress(
                    Step, Options.Steps, (Step - 1) / StepsPerEpoch + 1, loss, norm, Options.LearningRateAt(Step - 1),
                    images / elapsed.TotalSeconds, elapsed);
                progress?.Report(report);
                foreach (var observer in observers ?? [])
                    observer.AfterStep(this, report);
            }
        }
        finally
        {
            averageInUse = average?.Use();
            module.train(wasTraining);
        }
    }

    /// <summary>Puts the averaged weights into the network until the result is disposed; without averaging, nothing changes.</summary>
    public IDisposable? UseAverage() => average?.Use();

    /// <inheritdoc/>
    public void Dispose()
    {
        optimizer.Dispose();
        average?.Dispose();
    }

    private (double Loss, double GradientNorm, int Batch) TakeStep()
    {
        using var scope = NewDisposeScope();
        using var gradients = set_grad_enabled(true);
        module.train();
        (denoiser as IStochasticModule)?.Reseed(TrainingDraws.DropoutSeed(Options.Seed, Step));

        var indices = order.Indices(Step);
        var x0 = Pixels.Batch(data, indices).to(device);
        if (Options.HorizontalFlip)
            x0 = TrainingDraws.Flip(Options.Seed, Step, x0);
        var drawn = Options.StepSampling.Draw(Options.Seed, Step, indices.Length, Losses);
        var ε = TrainingDraws.NoiseLike(Options.Seed, Step, x0, Options.OffsetNoise);

        optimizer.zero_grad();
        var showEstimate = TrainingDraws.ShowsEstimate(Options.Seed, Step, selfConditioningRate);
        var perImage = loss.PerImage(Process, denoiser, x0, drawn.T, ε, LabelsOf(indices), showEstimate);
        var mean = drawn.Weigh(perImage).mean();
        mean.backward();
        var norm = nn.utils.clip_grad_norm_(parameters, Options.GradientClip ?? double.PositiveInfinity);
        var value = mean.item<float>();
        if (!float.IsFinite(value) || !double.IsFinite(norm))
            throw new TrainingDivergedException(Step + 1, value, norm);
        Losses.Add(drawn.T, perImage);          // before the optimiser, which a GPU would else be waited for
        foreach (var group in optimizer.ParamGroups)
            group.LearningRate = Options.LearningRateAt(Step);
        optimizer.step();
        average?.Update(Options.EmaDecayAt(Step));
        Step++;
        return (value, norm, indices.Length);
    }

    private Tensor? LabelsOf(ReadOnlySpan<int> indices)
    {
        if (labels is null)
            return null;
        var drawn = new int[indices.Length];
        for (var i = 0; i < drawn.Length; i++)
            drawn[i] = labels[indices[i]];
        if (Options.LabelDropout > 0)
            drawn = TrainingDraws.DropLabels(Options.Seed, Step, drawn, Options.LabelDropout, ((IConditionalDenoiser)denoiser).NullClass!.Value);
        return ClassLabels.ToTensor(drawn, device);
    }
}
