using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// Wraps a network so that a sampler is told x_0 and ε at any point, whatever the network predicts. Dropout and gradients are off while it is asked.
/// </summary>
public sealed class Predictor
{
    private readonly IDenoiser denoiser;
    private readonly PredictorOptions options;
    private readonly Tensor? labels;
    private readonly Guidance? guidance;
    private readonly int? nullClass;

    /// <summary>Wraps a network.</summary>
    /// <param name="denoiser">The network; it stays the caller's.</param>
    /// <param name="path">The process that it was trained for.</param>
    /// <param name="options">What the network predicts, clipping; null for the defaults.</param>
    /// <param name="labels">int64 [N], or null; they stay the caller's.</param>
    /// <param name="guidance">How far to go beyond what the network says with the labels; null: not at all.</param>
    /// <exception cref="ArgumentException">The options do not fit the process (<see cref="PredictorOptions.Check"/>), guidance lacks labels or a
    /// null class, or the network cannot be told what it would be told at an end of the process.</exception>
    public Predictor(IDenoiser denoiser, DiffusionPath path, PredictorOptions? options = null, Tensor? labels = null, Guidance? guidance = null)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        ArgumentNullException.ThrowIfNull(path);
        (this.denoiser, Path, this.options, this.labels, this.guidance) = (denoiser, path, options ?? new PredictorOptions(), labels, guidance);
        this.options.Check(path);
        NetworkFit.CheckTold(denoiser, path, this.options.Input);
        if (denoiser is nn.Module module)
            Convolutions.Ensure(module);
        nullClass = (denoiser as IConditionalDenoiser)?.NullClass;
        guidance?.Check(denoiser, labels is not null);
    }

    /// <summary>The process that the network was trained for.</summary>
    public DiffusionPath Path { get; }

    /// <summary>Whether the network takes an estimate of x_0.</summary>
    internal bool TakesEstimate => denoiser is ISelfConditionedDenoiser { TakesEstimate: true };

    /// <summary>Pixels whose x_0 is known; null: none.</summary>
    internal InpaintingConstraint? Known { get; init; }

    /// <summary>Asks the network once.</summary>
    /// <param name="x">[N, C, H, W] at <paramref name="at"/>.</param>
    /// <param name="at">Where x lies on the path; not the data itself.</param>
    /// <param name="keepEpsilon">Where x_0 is clipped, whether ε stays what the network said; else it follows x_0, so that x = α x_0 + σ ε.</param>
    /// <param name="estimate">x_0 by the run's evaluation before, [N, C, H, W], for a self-conditioned network (<see
    /// cref="ISelfConditionedDenoiser"/>; others are asked without); null: none yet.</param>
    /// <returns>x_0 and ε; they belong to the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">x is not a batch of floating-point images, or the labels or the estimate are of another.</exception>
    public Prediction Predict(Tensor x, DiffusionPoint at, bool keepEpsilon = false, Tensor? estimate = null)
    {
        var count = Batch.Check(x, nameof(x));
        if (labels is not null && labels.shape[0] != count)
            throw new ArgumentException($"There must be one label an image, but there are {labels.shape[0]} labels for {count} images.", nameof(x));
        if (estimate is not null)
            Batch.CheckLike(estimate, nameof(estimate), x, "x");
        using var noGrad = no_grad();
        using var evaluation = EvaluationMode.Of(denoiser);
        using var scope = NewDisposeScope();
        var (output, variance) = Guide(x, at, TakesEstimate ? estimate : null);
        var (x0, ε) = Read(output, x, at);
        if (Clip(x0) is { } clipped)
        {
            x0 = clipped;
            ε = keepEpsilon ? ε : (x - at.Alpha * x0) / at.Sigma;
        }
        if (Known is not null)
            (x0, ε) = Known.Apply(x0, ε, x, at);
        return new Prediction(x0.MoveToOuterDisposeScope(), ε.MoveToOuterDisposeScope(), variance?.MoveToOuterDisposeScope());
    }

    // Both halves go through the network at once. What it says of the variance is taken from the half with labels.
    private (Tensor Output, Tensor? Variance) Guide(Tensor x, DiffusionPoint at, Tensor? estimate)
    {
        var scale = guidance?.ScaleAt(at) ?? 1;
        if (scale == 1)
            return Split(Ask(x, at, labels, estimate), x);
        var none = torch.full_like(labels!, nullClass!.Value);
        if (scale == 0)
            return Split(Ask(x, at, none, estimate), x);
        var twice = cat([x, x]);
        var (output, variance) = Split(Ask(twice, at, cat([labels!, none]), estimate is null ? null : cat([estimate, estimate])), twice);
        var (conditional, unconditional) = (output.narrow(0, 0, x.shape[0]), output.narrow(0, x.shape[0], x.shape[0]));
        return (unconditional + scale * (conditional - unconditional), variance?.narrow(0, 0, x.shape[0]));
    }

    private Tensor Ask(Tensor x, DiffusionPoint at, Tensor? labels, Tensor? estimate)
    {
        var type = x.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        var time = NetworkFit.Told(denoiser as INetworkLimits, at, options.Input);
        var told = torch.full(x.shape[0], time, dtype: type, device: x.device);
        var divisor = options.Input.Divisor(at);
        var shown = divisor == 1 ? x : x / divisor;
        return estimate is null ? denoiser.Predict(shown, told, labels) : ((ISelfConditionedDenoiser)denoiser).Predict(shown, told, labels, estimate);
    }

    private (Tensor X0, Tensor Epsilon) Read(Tensor output, Tensor x, DiffusionPoint at)
    {
        var (α, σ) = (at.Alpha, at.Sigma);
        var (x0, ε) = (options.Input.X0OfV(at), options.Input.EpsilonOfV(at));
        return options.Type switch
        {
            PredictionType.Epsilon => ((x - σ * output) / α, output),
            PredictionType.X0 when σ == 0 => throw new InvalidOperationException(
                "At the data itself epsilon does not follow from x_0: invert with SamplingEnd.FirstStep, or DdimInversion.FromFirstStep."),
            PredictionType.X0 => (output, (x - α * output) / σ),
            _ => (x0.OfX * x + x0.OfV * output, ε.OfX * x + ε.OfV * output),
        };
    }

    private Tensor? Clip(Tensor x0) =>
        options.Threshold is { } threshold ? threshold.Apply(x0)
        : options.Clip is { } range ? x0.clamp(-range, range)
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
