using System.Diagnostics;
using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// A diffusion model ready to use: process, network and sampler. Made by <see cref="DiffusionBuilder"/> or <see cref="FromPretrained"/>. Its parts do not
/// change, except that training changes the network's weights; do not train and sample at the same time.
/// </summary>
public sealed class Diffusion : IDisposable
{
    private readonly IDatasetReader? dataset;
    private readonly IDisposable? owned;

    internal Diffusion(
        GaussianDiffusion process, IDenoiser denoiser, ImageShape image, ISampler sampler, PredictorOptions prediction, IDatasetReader? dataset, Device device, IDisposable? owned)
    {
        (Process, Denoiser, Image, Sampler, Device) = (process, denoiser, image, sampler, device);
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

    /// <summary>Where it computes.</summary>
    public Device Device { get; }

    /// <summary>How many weights the network has; 0 for one that is a formula.</summary>
    public long ParameterCount => (Denoiser as nn.Module)?.parameters().Sum(parameter => parameter.numel()) ?? 0;

    /// <summary>What the network predicts, and how x_0 is clipped while sampling.</summary>
    public PredictorOptions Prediction { get; }

    /// <summary>Draws images from noise.</summary>
    /// <param name="count">How many, ≥ 1.</param>
    /// <param name="options">Seed and batch size; null for the defaults.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <returns>float32 [count, C, H, W] on <see cref="Device"/>, about -1 to 1; the caller owns it.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Tensor Sample(int count = 1, SamplingOptions? options = null, IProgress<SamplingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options = Check(count, options);
        var clock = Stopwatch.StartNew();
        var batch = options.Noise is null ? Math.Min(options.BatchSize, count) : count;
        var batches = (count + batch - 1) / batch;
        using var scope = NewDisposeScope();
        var finished = new List<Tensor>();
        for (var first = 0; first < count; first += batch)
        {
            var size = Math.Min(batch, count - first);
            foreach (var frame in Frames(first, size, options, cancellationToken))
                using (frame)
                {
                    if (frame.IsLast)
                        finished.Add(frame.X.alias());
                    progress?.Report(new SamplingProgress(first / batch * frame.Steps + frame.Step + 1, batches * frame.Steps, first + (frame.IsLast ? size : 0), clock.Elapsed));
                }
        }
        return cat(finished).MoveToOuterDisposeScope();
    }

    /// <summary><see cref="Sample"/> on a thread of the pool.</summary>
    /// <inheritdoc cref="Sample"/>
    public Task<Tensor> SampleAsync(int count = 1, SamplingOptions? options = null, IProgress<SamplingProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => Sample(count, options, progress, cancellationToken), cancellationToken);

    /// <summary>The reverse process as it goes: one frame a step, the last one with the images. All images are drawn in one batch.</summary>
    /// <param name="count">How many images, ≥ 1.</param>
    /// <param name="options">Seed; null for the defaults.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <returns>Frames, which the caller disposes.</returns>
    public IEnumerable<SamplingFrame> Stream(int count = 1, SamplingOptions? options = null, CancellationToken cancellationToken = default) =>
        Frames(0, count, Check(count, options), cancellationToken);

    /// <summary><see cref="Stream"/>, each step on a thread of the pool.</summary>
    /// <inheritdoc cref="Stream"/>
    public async IAsyncEnumerable<SamplingFrame> StreamAsync(
        int count = 1, SamplingOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var frames = Stream(count, options, cancellationToken).GetEnumerator();
        while (await Task.Run(frames.MoveNext, cancellationToken).ConfigureAwait(false))
            yield return frames.Current;
    }

    /// <summary>Denoises images from a step on: the second half of image-to-image and interpolation.</summary>
    /// <param name="xt">x_t, [N, C, H, W], as <see cref="Diffuse"/> gives it; it stays the caller's.</param>
    /// <param name="t">0 to T-1.</param>
    /// <param name="options">Seed; null for the defaults.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <returns>Frames, which the caller disposes; the last one holds x_0.</returns>
    public IEnumerable<SamplingFrame> Denoise(Tensor xt, int t, SamplingOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(xt);
        options = Check((int)xt.shape[0], options);
        return Run(() => SamplingStart.From(xt.to(Device, copy: true), t), options.Noise ?? new SeededNoise(options.Seed), options.Labels, options.Sampler, cancellationToken);
    }

    /// <summary>The forward process: x_t of images, with noise by seed and image (Ho et al. 2020, equation 4).</summary>
    /// <param name="x0">[N, C, H, W] in [-1, 1].</param>
    /// <param name="t">0 to T-1.</param>
    /// <param name="seed">The noise; the same for all t.</param>
    /// <returns>x_t, [N, C, H, W]; the caller owns it.</returns>
    public Tensor Diffuse(Tensor x0, int t, ulong seed = 0)
    {
        using var scope = NewDisposeScope();
        return Process.Diffuse(x0, t, new SeededNoise(seed).DrawLike(x0)).MoveToOuterDisposeScope();
    }

    /// <summary>Trains the network; in the end, also when cancelled, it holds the averaged weights.</summary>
    /// <param name="options">The recipe; null for the paper's.</param>
    /// <param name="data">Images of the network's shape; null: what the builder's reader reads.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="observers">Called after every step: <see cref="TrainingRecorder"/> saves and draws.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <exception cref="InvalidOperationException">No data are given, here or to the builder.</exception>
    /// <exception cref="ArgumentException">The images have another shape, there are too few, an option is out of range, or the network cannot be trained.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the step under way was finished.</exception>
    /// <exception cref="TrainingDivergedException">The loss or its gradient is not finite.</exception>
    public void Train(
        TrainingOptions? options = null, IImageDataset? data = null, IProgress<TrainingProgress>? progress = null,
        IReadOnlyList<ITrainingObserver>? observers = null, CancellationToken cancellationToken = default)
    {
        data ??= dataset?.Read() ?? throw new InvalidOperationException("There is no data set: give one to the builder (WithDataset, WithCifar10) or to Train.");
        if (data.Shape != Image)
            throw new ArgumentException($"The data set must have images of {Image}, as the network has, but has {data.Shape}.", nameof(data));
        using var trainer = new Trainer(Denoiser, Process, data, options, Prediction.Type);
        trainer.Run(progress, observers, cancellationToken);
    }

    /// <summary><see cref="Train"/> on a thread of the pool.</summary>
    /// <inheritdoc cref="Train"/>
    public Task TrainAsync(
        TrainingOptions? options = null, IImageDataset? data = null, IProgress<TrainingProgress>? progress = null,
        IReadOnlyList<ITrainingObserver>? observers = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => Train(options, data, progress, observers, cancellationToken), cancellationToken);

    /// <summary>Writes the network, its schedule and its sampler into a folder: model.safetensors and ddpm.json. Each file is replaced at once or not at all.</summary>
    /// <param name="folder">Made if it is not there.</param>
    /// <exception cref="InvalidOperationException">The network is not a <see cref="UNet"/>.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Save(string folder) => ModelFolder.Save(this, folder);

    /// <summary>Writes a folder that diffusers loads as a DDPMPipeline or DDIMPipeline: model_index.json, unet/ and scheduler/. How many steps to take is not part of it.</summary>
    /// <param name="folder">Made if it is not there.</param>
    /// <exception cref="InvalidOperationException">The network is not a <see cref="UNet"/>, or a pipeline cannot hold the network or the sampler; the message says why.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void SavePretrained(string folder) => PipelineFolder.Save(this, folder);

    /// <summary>Reads a trained diffusion. To change a part first, start from <see cref="DiffusionBuilder.FromPretrained"/>.</summary>
    /// <inheritdoc cref="DiffusionBuilder.FromPretrained"/>
    public static Diffusion FromPretrained(string path, PretrainedOptions? options = null) => DiffusionBuilder.FromPretrained(path, options).Build();

    /// <summary>Frees the network if the builder made it; one that was handed in stays the caller's.</summary>
    public void Dispose() => owned?.Dispose();

    private IEnumerable<SamplingFrame> Frames(int first, int count, SamplingOptions options, CancellationToken cancellationToken)
    {
        var noise = options.Noise ?? new SeededNoise(options.Seed, first);
        var labels = options.Labels?.Skip(first).Take(count).ToArray();
        return Run(() => SamplingStart.FromNoise(noise.Draw(Image.Batch(count)).to(Device)), noise, labels, options.Sampler, cancellationToken);
    }

    // The start is made when the enumeration begins and freed when it ends, and each frame is cut loose from any scope of the caller's thread.
    private IEnumerable<SamplingFrame> Run(Func<SamplingStart> begin, INoiseSource noise, IReadOnlyList<int>? classes, ISampler? sampler, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var start = begin();
        var x = start.X.DetachFromDisposeScope();
        var labels = classes is null ? null : torch.tensor(classes.Select(label => (long)label).ToArray()).to(Device).DetachFromDisposeScope();
        try
        {
            foreach (var frame in (sampler ?? Sampler).Run(new Predictor(Denoiser, Process.Path, Prediction, labels), start, noise))
            {
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

    private static SamplingOptions Check(int count, SamplingOptions? options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        options ??= new SamplingOptions();
        if (options.Labels is { } labels && labels.Count != count)
            throw new ArgumentException($"There must be one label an image, but there are {labels.Count} labels for {count} images.", nameof(options));
        return options;
    }
}
