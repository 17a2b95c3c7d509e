using System.Runtime.CompilerServices;
using Ddpm.Evaluation;
using Ddpm.Samplers;
using Ddpm.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

// The async forms: shells round the synchronous ones, which do the work on a thread of the pool.
public sealed partial class Diffusion
{
    /// <summary><see cref="Sample(int, SamplingOptions, IProgress{SamplingProgress}, ulong?, CancellationToken)"/> on a thread of the pool.</summary>
    /// <inheritdoc cref="Sample(int, SamplingOptions, IProgress{SamplingProgress}, ulong?, CancellationToken)"/>
    public Task<Tensor> SampleAsync(
        int count = 1, SamplingOptions? options = null, IProgress<SamplingProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        OnPool(() => Sample(count, options, progress, cancellationToken: cancellationToken), cancellationToken);

    /// <summary><see cref="Stream"/>, each step on a thread of the pool.</summary>
    /// <inheritdoc cref="Stream"/>
    public async IAsyncEnumerable<SamplingFrame> StreamAsync(
        int count = 1, SamplingOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var frames = Stream(count, options, cancellationToken).GetEnumerator();
        while (await Task.Run(frames.MoveNext, cancellationToken).ConfigureAwait(false))
            yield return frames.Current;
    }

    /// <summary><see cref="Train"/> on a thread of the pool.</summary>
    /// <inheritdoc cref="Train"/>
    public Task TrainAsync(
        TrainingOptions? options = null, IImageDataset? data = null, IProgress<TrainingProgress>? progress = null,
        IReadOnlyList<ITrainingObserver>? observers = null, string? resume = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => Train(options, data, progress, observers, resume, cancellationToken), cancellationToken);

    /// <summary><see cref="ImageToImage"/> on a thread of the pool.</summary>
    /// <inheritdoc cref="ImageToImage"/>
    public Task<Tensor> ImageToImageAsync(
        Tensor images, double strength, SamplingOptions? options = null, IProgress<SamplingProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        OnPool(() => ImageToImage(images, strength, options, progress, cancellationToken), cancellationToken);

    /// <summary><see cref="Inpaint"/> on a thread of the pool.</summary>
    /// <inheritdoc cref="Inpaint"/>
    public Task<Tensor> InpaintAsync(
        Tensor images, Tensor known, InpaintingOptions? inpainting = null, SamplingOptions? options = null,
        IProgress<SamplingProgress>? progress = null, CancellationToken cancellationToken = default) =>
        OnPool(() => Inpaint(images, known, inpainting, options, progress, cancellationToken), cancellationToken);

    /// <summary><see cref="Interpolate"/> on a thread of the pool.</summary>
    /// <inheritdoc cref="Interpolate"/>
    public Task<Tensor> InterpolateAsync(
        Tensor first, Tensor second, int t, int count = 11, InterpolationKind kind = InterpolationKind.Linear, SamplingOptions? options = null,
        IProgress<SamplingProgress>? progress = null, CancellationToken cancellationToken = default) =>
        OnPool(() => Interpolate(first, second, t, count, kind, options, progress, cancellationToken), cancellationToken);

    /// <summary><see cref="Encode"/> on a thread of the pool.</summary>
    /// <inheritdoc cref="Encode"/>
    public Task<Tensor> EncodeAsync(
        Tensor images, int steps = 50, SamplingOptions? options = null, IProgress<SamplingProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        OnPool(() => Encode(images, steps, options, progress, cancellationToken), cancellationToken);

    /// <summary><see cref="Decode"/> on a thread of the pool.</summary>
    /// <inheritdoc cref="Decode"/>
    public Task<Tensor> DecodeAsync(
        Tensor noise, int steps = 50, SamplingOptions? options = null, IProgress<SamplingProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        OnPool(() => Decode(noise, steps, options, progress, cancellationToken), cancellationToken);

    /// <summary><see cref="BitsPerDimension"/> on a thread of the pool.</summary>
    /// <inheritdoc cref="BitsPerDimension"/>
    public Task<BitsPerDimension> BitsPerDimensionAsync(
        Tensor images, VariationalBound? bound = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => BitsPerDimension(images, bound, progress, cancellationToken), cancellationToken);

    // Dispose scopes are a thread's: one that a caller left open on this thread while awaiting must not take the result.
    private static Task<Tensor> OnPool(Func<Tensor> work, CancellationToken cancellationToken) =>
        Task.Run(() => work().DetachFromDisposeScope(), cancellationToken);
}
