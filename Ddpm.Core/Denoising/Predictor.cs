using Ddpm.Imaging;
using Ddpm.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Denoising;

/// <summary>
/// Wraps a network so that a sampler is told x_0 and ε at any point, whatever the network predicts. Dropout and gradients are off while it is asked.
/// </summary>
public sealed class Predictor
{
    private readonly IDenoiser denoiser;
    private readonly PredictorOptions options;
    private readonly Conditioning? conditioning;
    private readonly Guidance? guidance;

    /// <summary>Wraps a network.</summary>
    /// <param name="denoiser">The network; it stays the caller's.</param>
    /// <param name="path">The process that it was trained for.</param>
    /// <param name="options">What the network predicts, clipping; null for the defaults.</param>
    /// <param name="conditioning">What the network is given of each of N images, but for the estimate of x_0; null: nothing. Its tensors stay the
    /// caller's.</param>
    /// <param name="guidance">How far to go beyond what the network says with the labels or embeddings; null: not at all.</param>
    /// <exception cref="ArgumentException">The parameterization does not fit the process (<see cref="Parameterization.Check"/>), guidance lacks what
    /// it needs, or the network cannot be told what it would be told at an end of the process.</exception>
    public Predictor(
        IDenoiser denoiser, DiffusionPath path, PredictorOptions? options = null, Conditioning? conditioning = null, Guidance? guidance = null)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        ArgumentNullException.ThrowIfNull(path);
        (this.denoiser, Path, this.options, this.conditioning, this.guidance) = (denoiser, path, options ?? new(), conditioning, guidance);
        Parameterization.Check(path);
        NetworkFit.CheckTime(denoiser, path, Parameterization);
        Convolutions.Ensure(denoiser);
        guidance?.Check(denoiser.Traits, conditioning?.Labels is not null);
    }

    /// <summary>The process that the network was trained for.</summary>
    public DiffusionPath Path { get; }

    /// <summary>What the network is shown, told and asked for.</summary>
    public Parameterization Parameterization => options.Parameterization;

    /// <summary>Whether the network takes an estimate of x_0.</summary>
    internal bool TakesEstimate => denoiser.Traits.TakesEstimate;

    /// <summary>Looked at before the network is asked, which may be several times a step.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Pixels whose x_0 is known; null: none.</summary>
    internal InpaintingConstraint? Known { get; init; }

    /// <summary>Asks the network once.</summary>
    /// <param name="x">[N, C, H, W] at <paramref name="at"/>.</param>
    /// <param name="at">Where x lies on the path; not the data itself.</param>
    /// <param name="keepEpsilon">Where x_0 is clipped, whether ε stays what the network said; else it follows x_0, so that x = α x_0 + σ ε.</param>
    /// <param name="estimate">x_0 by the run's evaluation before, [N, C, H, W], for a self-conditioned network (others are asked without); null:
    /// none yet.</param>
    /// <returns>x_0 and ε; they belong to the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">x is not a batch of floating-point images, or the labels or the estimate are of another.</exception>
    /// <exception cref="OperationCanceledException"><see cref="CancellationToken"/> is cancelled.</exception>
    public Prediction Predict(Tensor x, DiffusionPoint at, bool keepEpsilon = false, Tensor? estimate = null)
    {
        var count = Batch.Check(x, nameof(x));
        if (conditioning?.Labels is { } labels && labels.shape[0] != count)
            throw new ArgumentException($"There must be one label an image, but there are {labels.shape[0]} labels for {count} images.", nameof(x));
        if (estimate is not null)
            Batch.CheckLike(estimate, nameof(estimate), x, "x");
        using var noGrad = no_grad();
        using var evaluation = EvaluationMode.Of(denoiser);
        using var scope = NewDisposeScope();
        var given = TakesEstimate && estimate is not null ? (conditioning ?? new()) with { Estimate = estimate } : conditioning;
        var (output, variance) = Guide(x, at, given);
        var points = new PointBatch(at);
        var (x0, ε) = (Parameterization.X0Of(x, output, points), Parameterization.EpsilonOf(x, output, points));
        if (Clip(x0) is { } clipped)
        {
            x0 = clipped;
            ε = keepEpsilon ? ε : (x - x0.Times(at.Alpha)).Over(at.Sigma);
        }
        if (Known is not null)
            (x0, ε) = Known.Apply(x0, ε, x, at);
        return new Prediction(x0.MoveToOuterDisposeScope(), ε.MoveToOuterDisposeScope(), variance?.MoveToOuterDisposeScope());
    }

    // Both halves go through the network at once. What it says of the variance is taken from the half with the condition.
    private (Tensor Output, Tensor? Variance) Guide(Tensor x, DiffusionPoint at, Conditioning? given)
    {
        var scale = guidance?.ScaleAt(at) ?? 1;
        if (scale == 1)
            return Split(Ask(x, at, given), x);
        var none = Unconditional(given!);
        if (scale == 0)
            return Split(Ask(x, at, none), x);
        var twice = cat([x, x]);
        var (output, variance) = Split(Ask(twice, at, given!.Concat(none)), twice);
        var (conditional, unconditional) = (output.narrow(0, 0, x.shape[0]), output.narrow(0, x.shape[0], x.shape[0]));
        return (unconditional.Plus((conditional - unconditional).Times(scale)), variance?.narrow(0, 0, x.shape[0]));
    }

    // The null class in place of labels, zeros in place of embeddings; an image beside x stays.
    private Conditioning Unconditional(Conditioning given) => given with
    {
        Labels = given.Labels is { } labels ? labels.FullLike(denoiser.Traits.NullClass!.Value) : null,
        Embedding = given.Embedding is { } embedding ? zeros_like(embedding) : null,
    };

    private Tensor Ask(Tensor x, DiffusionPoint at, Conditioning? given)
    {
        CancellationToken.ThrowIfCancellationRequested();
        var type = x.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        var time = Arithmetic.Full([x.shape[0]], NetworkFit.Time(denoiser, at, Parameterization), type, x.device);
        var divisor = Parameterization.InputDivisor(at);
        return denoiser.Predict(divisor == 1 ? x : x.Over(divisor), time, given);
    }

    private Tensor? Clip(Tensor x0) =>
        options.Threshold is { } threshold ? threshold.Apply(x0)
        : options.Clip is { } range ? x0.Clamped(-range, range)
        : null;

    /// <summary>The network's C channels, and its second C channels if it has them.</summary>
    /// <exception cref="InvalidOperationException">It returned another shape.</exception>
    internal static (Tensor Output, Tensor? Variance) Split(Tensor output, Tensor x)
    {
        var channels = x.shape[1];
        if (output.shape is [var n, var c, var h, var w] && n == x.shape[0] && h == x.shape[2] && w == x.shape[3])
        {
            if (c == channels)
                return (output, null);
            if (c == 2 * channels)
                return (output.narrow(1, 0, channels), output.narrow(1, channels, channels));
        }
        throw new InvalidOperationException(
            $"A denoiser must return [N, C, H, W] or [N, 2C, H, W] for x [{string.Join(", ", x.shape)}], "
            + $"but it returned [{string.Join(", ", output.shape)}].");
    }
}
