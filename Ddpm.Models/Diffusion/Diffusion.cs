using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// A diffusion model ready to use: process, network and sampler. Made by <see cref="DiffusionBuilder"/> or <see cref="FromPretrained"/>.
/// Its parts do not change, except that training changes the network's weights; do not train and sample at the same time.
/// </summary>
public sealed partial class Diffusion : IDisposable
{
    private readonly IDatasetReader? dataset;
    private readonly IDisposable? owned;
    private readonly Device device;
    private int stepsTrained;

    internal Diffusion(
        GaussianDiffusion process, IDenoiser denoiser, ImageShape image, ISampler sampler, PredictorOptions prediction,
        IDatasetReader? dataset, Device device, IDisposable? owned)
    {
        (Process, Denoiser, Image, Sampler, this.device) = (process, denoiser, image, sampler, device);
        (Prediction, this.dataset, this.owned) = (prediction, dataset, owned);
    }

    /// <summary>The forward process and its equations.</summary>
    public GaussianDiffusion Process { get; }

    /// <summary>The network.</summary>
    public IDenoiser Denoiser { get; }

    /// <summary>The recipe of the reverse process.</summary>
    public ISampler Sampler { get; }

    /// <summary>C, H, W of the images that it makes.</summary>
    public ImageShape Image { get; }

    /// <summary>Where it computes: where the network is, also if somebody has moved it since; without weights, where the builder said.</summary>
    public Device Device => HomeOf(Denoiser) ?? device;

    /// <summary>How many weights the network has; 0 for one that is a formula.</summary>
    public long ParameterCount => (Denoiser as nn.Module)?.parameters().Sum(parameter => parameter.numel()) ?? 0;

    /// <summary>What the network predicts, and how x_0 is clipped while sampling.</summary>
    public PredictorOptions Prediction { get; }

    /// <summary>
    /// What the builder found odd, a sentence each, though it can be meant: a process, say, that does not end in noise. Empty for most.
    /// </summary>
    public IReadOnlyList<string> Warnings { get; internal init; } = [];

    /// <summary>Draws images from noise.</summary>
    /// <param name="count">How many, ≥ 1.</param>
    /// <param name="options">Seed and batch size; null for the defaults.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <returns>float32 [count, C, H, W] on <see cref="Device"/>, about -1 to 1; the caller owns it.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Tensor Sample(
        int count = 1, SamplingOptions? options = null, IProgress<SamplingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        options = Check(count, options);
        return Collect(count, options, batch => FromNoise(batch, options, cancellationToken), progress);
    }

    /// <summary>The reverse process as it goes: one frame a step, the last one with the images. All images are drawn in one batch.</summary>
    /// <param name="count">How many images, ≥ 1.</param>
    /// <param name="options">Seed; null for the defaults.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <returns>Frames, which the caller disposes: no dispose scope frees them.</returns>
    public IEnumerable<SamplingFrame> Stream(int count = 1, SamplingOptions? options = null, CancellationToken cancellationToken = default)
    {
        options = Check(count, options);
        return FromNoise(SamplingBatch.Of(0, count, options), options, cancellationToken);
    }

    /// <summary>Denoises images from a step on: the second half of image-to-image and interpolation.</summary>
    /// <param name="xt">x_t, [N, C, H, W], as <see cref="Diffuse"/> gives it; it stays the caller's.</param>
    /// <param name="t">0 to T-1.</param>
    /// <param name="options">Seed; null for the defaults.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <returns>Frames, which the caller disposes; the last one holds x_0. No dispose scope frees them.</returns>
    /// <exception cref="ArgumentException">They are not images of the network's channels, of floating-point numbers, or t is outside the
    /// process.</exception>
    public IEnumerable<SamplingFrame> Denoise(Tensor xt, int t, SamplingOptions? options = null, CancellationToken cancellationToken = default)
    {
        var count = CheckImages(xt, nameof(xt));
        CheckStep(t);
        options = Check(count, options);
        var batch = SamplingBatch.Of(0, count, options);
        return Run(() => SamplingStart.From(xt.to(ScalarType.Float32, Device, copy: true), t), batch, options, cancellationToken);
    }

    /// <summary>The forward process: x_t of images, with noise by seed and image (Ho et al. 2020, equation 4).</summary>
    /// <param name="x0">[N, C, H, W] in [-1, 1].</param>
    /// <param name="t">0 to T-1.</param>
    /// <param name="seed">The noise; the same for all t.</param>
    /// <returns>x_t, [N, C, H, W]; the caller owns it.</returns>
    /// <exception cref="ArgumentException">They are not images of the network's channels, of floating-point numbers (bytes, for example:
    /// <see cref="Pixels.ToUnit"/>), or t is outside the process.</exception>
    public Tensor Diffuse(Tensor x0, int t, ulong seed = 0)
    {
        CheckImages(x0, nameof(x0));
        using var scope = NewDisposeScope();
        return Process.Diffuse(x0, t, new SeededNoise(seed).DrawLike(x0)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Trains the network; in the end, also when cancelled, it holds the averaged weights. A further call goes on from these with a new optimiser,
    /// and draws what the calls before have not drawn.
    /// </summary>
    /// <param name="options">The recipe; null for the paper's.</param>
    /// <param name="data">Images of the network's shape; null: what the builder's reader reads.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="observers">Called before the first step, after every step and at the end: <see cref="TrainingRecorder"/> saves and draws.</param>
    /// <param name="cancellationToken">Looked at while the data are read and between steps, and handed to the observers.</param>
    /// <exception cref="InvalidOperationException">No data are given, here or to the builder.</exception>
    /// <exception cref="ArgumentException">The images have another shape, there are too few, an option is out of range,
    /// or the network cannot be trained.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the step under way was finished.</exception>
    /// <exception cref="TrainingDivergedException">The loss or its gradient is not finite.</exception>
    public void Train(
        TrainingOptions? options = null, IImageDataset? data = null, IProgress<TrainingProgress>? progress = null,
        IReadOnlyList<ITrainingObserver>? observers = null, CancellationToken cancellationToken = default)
    {
        data ??= dataset?.Read(cancellationToken)
            ?? throw new InvalidOperationException("There is no data set: give one to the builder (WithDataset, WithCifar10) or to Train.");
        if (data.Shape != Image)
            throw new ArgumentException($"The data set must have images of {Image}, as the network has, but has {data.Shape}.", nameof(data));
        using var trainer = new Trainer(Denoiser, Process, data, options, Prediction.Type, Prediction.Input, stepsTrained);
        try
        {
            trainer.Run(progress, observers, cancellationToken);
        }
        finally
        {
            stepsTrained += trainer.Step;
        }
    }

    /// <summary>
    /// Writes the network, its schedule and its sampler into a folder: model.safetensors and ddpm.json.
    /// Both are replaced or neither. Of a sampler that is not this library's only the name is written: it must be given again before building.
    /// </summary>
    /// <param name="folder">Made if it is not there.</param>
    /// <exception cref="InvalidOperationException">The network is not a <see cref="UNet"/>, or it is told a function
    /// (<see cref="NetworkInput.Told"/>).</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Save(string folder) => ModelFolder.Save(Parts, folder);

    private SavedParts Parts => new(Process, Denoiser, Sampler, Prediction);

    /// <summary>Why <see cref="Save"/> would refuse; null if it would not.</summary>
    internal string? WhyNotSaved()
    {
        try
        {
            ModelDescription.Of(Parts);
            return null;
        }
        catch (InvalidOperationException reason)
        {
            return reason.Message;
        }
    }

    /// <summary>
    /// Writes a folder that diffusers loads as a DDPMPipeline or DDIMPipeline: model_index.json, unet/ and scheduler/.
    /// How many steps to take, and η, are not part of it.
    /// </summary>
    /// <param name="folder">Made if it is not there.</param>
    /// <exception cref="InvalidOperationException">The network is not a <see cref="UNet"/>, or a pipeline cannot hold the network or the sampler;
    /// the message says why.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void SavePretrained(string folder) => PipelineFolder.Save(Parts, folder);

    /// <summary>Reads a trained diffusion. To change a part first, start from <see cref="DiffusionBuilder.FromPretrained"/>.</summary>
    /// <inheritdoc cref="DiffusionBuilder.FromPretrained"/>
    public static Diffusion FromPretrained(string path, PretrainedOptions? options = null) => DiffusionBuilder.FromPretrained(path, options).Build();

    /// <summary>Frees the network if the builder made it; one that was handed in stays the caller's.</summary>
    public void Dispose() => owned?.Dispose();

    /// <summary>Where a network's weights are; null: it has none.</summary>
    internal static Device? HomeOf(IDenoiser? denoiser) => (denoiser as nn.Module)?.parameters().FirstOrDefault()?.device;

    private IEnumerable<SamplingFrame> FromNoise(SamplingBatch batch, SamplingOptions options, CancellationToken cancellationToken) =>
        Run(() => SamplingStart.FromNoise(Draw(batch.Noise, Image.Batch(batch.Count))), batch, options, cancellationToken);

    private Tensor Draw(INoiseSource noise, long[] shape)
    {
        using var scope = NewDisposeScope();
        return Upload.To(noise.DrawOf(shape), Device).MoveToOuterDisposeScope();
    }

    // The last frames of all batches, [count, C, H, W].
    private static Tensor Collect(
        int count, SamplingOptions options, Func<SamplingBatch, IEnumerable<SamplingFrame>> run, IProgress<SamplingProgress>? progress)
    {
        var clock = Stopwatch.StartNew();
        using var scope = NewDisposeScope();
        var finished = new List<Tensor>();
        var batches = SamplingBatch.Split(count, options).ToArray();
        foreach (var (i, batch) in batches.Index())
            foreach (var frame in run(batch))
                using (frame)
                {
                    if (frame.IsLast)
                        finished.Add(frame.X.alias());
                    var images = batch.First + (frame.IsLast ? batch.Count : 0);
                    progress?.Report(new SamplingProgress(i * frame.Steps + frame.Step + 1, batches.Length * frame.Steps, images, clock.Elapsed));
                }
        return cat(finished).MoveToOuterDisposeScope();
    }

    // The start is made when the enumeration begins and freed when it ends. Neither belongs to a dispose scope of the caller's thread, nor do frames.
    private IEnumerable<SamplingFrame> Run(
        Func<SamplingStart> begin, SamplingBatch batch, SamplingOptions options, CancellationToken cancellationToken,
        PredictorOptions? prediction = null, InpaintingConstraint? known = null)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var start = begin();
        var x = start.X.DetachFromDisposeScope();
        var labels = batch.Labels is null ? null : ClassLabels.ToTensor(batch.Labels, Device).DetachFromDisposeScope();
        try
        {
            var predictor = new Predictor(Denoiser, Process.Path, prediction ?? Prediction, labels, options.Guidance) { Known = known };
            foreach (var frame in (options.Sampler ?? Sampler).Run(predictor, start, batch.Noise))
            {
                // A sampler of one's own may leave its frames to the scope that is open.
                frame.X.DetachFromDisposeScope();
                frame.X0.DetachFromDisposeScope();
                yield return frame;
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            x.Dispose();
            labels?.Dispose();
        }
    }

    /// <summary>What of a run is known before its first step.</summary>
    /// <returns>The options with labels where the network has classes.</returns>
    /// <exception cref="ArgumentException">Something does not fit.</exception>
    internal SamplingOptions Check(int count, SamplingOptions? options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        options ??= new SamplingOptions();
        options.Guidance?.Check(Denoiser, options.Labels is not null);
        NetworkFit.CheckTold(Denoiser, Process.Path, Prediction.Input);
        NetworkFit.CheckVariance(Denoiser as INetworkLimits, options.Sampler ?? Sampler, Image.Channels);
        options.Sampler?.Check(Process.Path);
        return options with { Labels = ClassLabels.ForSampling(Denoiser, options.Labels, count) };
    }
}
