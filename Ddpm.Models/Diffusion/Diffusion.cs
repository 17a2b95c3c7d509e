using System.Diagnostics;
using Ddpm.Denoising;
using Ddpm.Networks;
using Ddpm.Noise;
using Ddpm.Samplers;
using Ddpm.Telemetry;
using Ddpm.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// A diffusion model ready to use: process, network and sampler. Made by <see cref="DiffusionBuilder"/> or <see cref="FromPretrained"/>.
/// Its parts do not change, except that training changes the network's weights; do not train and sample at the same time.
/// </summary>
public sealed partial class Diffusion : IDisposable
{
    private const string UntrainedWarning = "The network has fresh weights and was never trained: what it draws is noise.";

    private readonly IDatasetReader? dataset;
    private readonly bool isOwned;
    private readonly Device device;
    private bool hasWarnedOfNetwork, hasWarnedOfBackend;

    internal Diffusion(
        GaussianDiffusion process, IDenoiser denoiser, ImageShape image, ISampler sampler, PredictorOptions prediction, TrainingLevels levels,
        IDatasetReader? dataset, Device device, bool isOwned, bool isFresh)
    {
        (Process, Denoiser, Image, Sampler, this.device) = (process, denoiser, image, sampler, device);
        (Prediction, Levels, this.dataset, this.isOwned, IsUntrained) = (prediction, levels, dataset, isOwned, isFresh);
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
    public Device Device => Denoiser.Home() ?? device;

    /// <summary>How many weights the network has; 0 for one that is a formula.</summary>
    public long ParameterCount => Denoiser.Network?.parameters().Sum(parameter => parameter.numel()) ?? 0;

    /// <summary>What the network is shown, told and asked for, and how x_0 is clipped while sampling.</summary>
    public PredictorOptions Prediction { get; }

    /// <summary>Which points of the path training visits, unless its options say.</summary>
    public TrainingLevels Levels { get; }

    /// <summary>Whether the network has the fresh weights that it was built with: what it draws is noise.</summary>
    public bool IsUntrained { get; private set; }

    /// <summary>
    /// What the builder found odd, a sentence each, though it can be meant: a process, say, that does not end in noise. Empty for most.
    /// </summary>
    public IReadOnlyList<string> Warnings { get; internal init; } = [];

    /// <summary>
    /// The seed of the last call that drew noise. Given as <see cref="SamplingOptions.Seed"/> it repeats that call; of use where none was given.
    /// </summary>
    public ulong LastSeed { get; private set; }

    /// <summary>
    /// Raised when something odd is used: once when an untrained network is sampled from, or a network in a precision that this processor is slow in;
    /// and when a training begins in such a precision, or in one that is not known to be right there.
    /// </summary>
    public event EventHandler<DiffusionWarningEventArgs>? Warned;

    /// <summary>Draws images from noise.</summary>
    /// <param name="count">How many, ≥ 1.</param>
    /// <param name="options">Seed, labels, batch size; null for the defaults, with a new seed each time.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="seed">Image k follows from the seed and k alone: the same as <see cref="SamplingOptions.Seed"/>.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <returns>float32 [count, C, H, W] on <see cref="Device"/>, about -1 to 1; the caller owns it.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Tensor Sample(
        int count = 1, SamplingOptions? options = null, IProgress<SamplingProgress>? progress = null, ulong? seed = null,
        CancellationToken cancellationToken = default)
    {
        if (seed is not null)
            options = options?.Seed is null
                ? (options ?? new()) with { Seed = seed }
                : throw new ArgumentException(
                    $"The seed must be said once, but the options say {options.Seed} and the argument {seed}.", nameof(seed));
        options = Begin(count, options);
        return Collect(count, options, batch => FromNoise(batch, options, cancellationToken), progress);
    }

    /// <summary>The reverse process as it goes: one frame a step, the last one with the images. All images are drawn in one batch.</summary>
    /// <param name="count">How many images, ≥ 1.</param>
    /// <param name="options">Seed; null for the defaults.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <returns>Frames, which the caller disposes: no dispose scope frees them.</returns>
    public IEnumerable<SamplingFrame> Stream(int count = 1, SamplingOptions? options = null, CancellationToken cancellationToken = default)
    {
        options = Begin(count, options);
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
        options = Begin(count, options);
        var batch = SamplingBatch.Of(0, count, options);
        return Run(() => SamplingStart.From(xt.to(ScalarType.Float32, Device, copy: true), t), batch, options, cancellationToken);
    }

    /// <summary>The forward process: x_t of images, with noise by seed and image (Ho et al. 2020, equation 4).</summary>
    /// <param name="x0">[N, C, H, W] in [-1, 1].</param>
    /// <param name="t">0 to T-1.</param>
    /// <param name="seed">The noise; the same for all t. It is the seed's draw 0, which <see cref="Denoise"/> does not take again.</param>
    /// <returns>x_t, [N, C, H, W]; the caller owns it.</returns>
    /// <exception cref="ArgumentException">They are not images of the network's channels, of floating-point numbers (bytes, for example:
    /// <see cref="Pixels.ToUnit"/>), or t is outside the process.</exception>
    public Tensor Diffuse(Tensor x0, int t, ulong seed = 0)
    {
        CheckImages(x0, nameof(x0));
        using var scope = NewDisposeScope();
        return Process.Diffuse(x0, t, new NoiseStream(new SeededNoise(seed)).DrawLike(x0)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Writes the network, its schedule and its sampler into a folder: model.safetensors and ddpm.json.
    /// Both are replaced or neither. Of a sampler that is not this library's only the name is written: it must be given again before building.
    /// </summary>
    /// <param name="folder">Made if it is not there.</param>
    /// <exception cref="InvalidOperationException">The network does not describe itself, or its kind is not registered
    /// (<see cref="NetworkKinds"/>).</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="PlatformNotSupportedException">The program was compiled by native AOT.</exception>
    public void Save(string folder) => ModelFolder.Save(Parts, folder);

    /// <summary>The same with the weights of a run: its first average where it has one.</summary>
    internal void SaveState(string folder, TrainingState state)
    {
        var averaged = state.Averages.Values.FirstOrDefault();
        ModelFolder.Save(
            Parts, folder,
            state.Weights.ToDictionary(weight => weight.Key, weight => averaged?.GetValueOrDefault(weight.Key) ?? weight.Value, StringComparer.Ordinal));
    }

    internal SavedParts Parts => new(Process, Denoiser, Sampler, Prediction, Levels, ClassNames);

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
    public void Dispose()
    {
        if (isOwned)
            Denoiser.Network!.Dispose();
    }

    private IEnumerable<SamplingFrame> FromNoise(SamplingBatch batch, SamplingOptions options, CancellationToken cancellationToken) =>
        Run(() => SamplingStart.FromNoise(batch.StartNoise().Draw(Image.Batch(batch.Count), Device)), batch, options, cancellationToken);

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
        PredictorOptions? prediction = null, InpaintingConstraint? known = null) =>
        SamplingTelemetry.Watch(
            Frames(begin, batch, options, prediction ?? Prediction, known, cancellationToken), options.Sampler ?? Sampler, batch.Count,
            Device.ToString());

    private IEnumerable<SamplingFrame> Frames(
        Func<SamplingStart> begin, SamplingBatch batch, SamplingOptions options, PredictorOptions prediction, InpaintingConstraint? known,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var start = begin();
        var x = start.X.DetachFromDisposeScope();
        var given = batch.ConditioningOn(Device);
        var twin = Denoiser;
        try
        {
            twin = options.Backend.Compile(Denoiser, Image, batch.Count);
            var predictor = new Predictor(twin, Process.Path, prediction, given, options.Guidance)
            {
                Known = known,
                CancellationToken = cancellationToken,
            };
            foreach (var frame in (options.Sampler ?? Sampler).Run(predictor, start, batch.SamplerNoise()))
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
            given?.Dispose();
            if (twin != Denoiser)
                (twin as IDisposable)?.Dispose();
        }
    }

    /// <summary>What of a run is known before its first step.</summary>
    /// <returns>The options with a seed, and labels where the network has classes.</returns>
    /// <exception cref="ArgumentException">Something does not fit.</exception>
    internal SamplingOptions Check(int count, SamplingOptions? options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        options ??= new SamplingOptions();
        var traits = Denoiser.Traits;
        options.Guidance?.Check(traits, options.Labels is not null);
        NetworkFit.CheckTime(Denoiser, Process.Path, Prediction.Parameterization);
        NetworkFit.CheckVariance(traits, Prediction.Parameterization, Image.Channels);
        options.Sampler?.Check(Process.Path);
        SamplingConditions.Check(traits, options.Conditioning, count);
        return options with { Labels = ClassLabels.ForSampling(traits, options.Labels, count) };
    }

    // A run begins: a seed is drawn if none is given, and what is odd is told, once.
    private SamplingOptions Begin(int count, SamplingOptions? options)
    {
        options = Check(count, options);
        options = options with { Seed = options.Seed ?? (ulong)Random.Shared.NextInt64(1L << 32) };
        LastSeed = options.Seed.Value;
        WarnOnce(ref hasWarnedOfNetwork, IsUntrained ? UntrainedWarning : null);
        WarnOnce(ref hasWarnedOfBackend, BFloat16Backend.Warning(options.Backend, Device, ProcessorBFloat16.IsMissing));
        return options;
    }

    private void WarnOnce(ref bool hasWarned, string? warning)
    {
        if (warning is not null && !Interlocked.Exchange(ref hasWarned, true))
            Warned?.Invoke(this, new DiffusionWarningEventArgs(warning));
    }
}
