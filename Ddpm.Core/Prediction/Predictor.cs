using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>Wraps a network so that a sampler is told x_0 and ε at any point, whatever the network predicts. Dropout and gradients are off while it is asked.</summary>
public sealed class Predictor
{
    private readonly IDenoiser denoiser;
    private readonly PredictorOptions options;
    private readonly Tensor? labels;

    /// <summary>Wraps a network.</summary>
    /// <param name="denoiser">The network; it stays the caller's.</param>
    /// <param name="path">The process that it was trained for.</param>
    /// <param name="options">Clipping; null for the defaults.</param>
    /// <param name="labels">int64 [N], or null; they stay the caller's.</param>
    public Predictor(IDenoiser denoiser, DiffusionPath path, PredictorOptions? options = null, Tensor? labels = null)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        ArgumentNullException.ThrowIfNull(path);
        (this.denoiser, Path, this.options, this.labels) = (denoiser, path, options ?? new PredictorOptions(), labels);
    }

    /// <summary>The process that the network was trained for.</summary>
    public DiffusionPath Path { get; }

    /// <summary>Asks the network once.</summary>
    /// <param name="x">[N, C, H, W] at <paramref name="at"/>.</param>
    /// <param name="at">Where x lies on the path; not the data itself.</param>
    /// <returns>x_0 and ε; they belong to the caller's dispose scope.</returns>
    public Prediction Predict(Tensor x, DiffusionPoint at)
    {
        ArgumentNullException.ThrowIfNull(x);
        using var noGrad = no_grad();
        using var evaluation = EvaluationMode.Of(denoiser);
        using var scope = NewDisposeScope();
        var told = torch.full(x.shape[0], at.T, dtype: ScalarType.Float32, device: x.device);
        var output = denoiser.Predict(x, told, labels);
        var (epsilon, variance) = Split(output, x);
        var x0 = (x - at.Sigma * epsilon) / at.Alpha;
        if (options.Clip is { } range)
        {
            x0 = x0.clamp_(-range, range);
            epsilon = (x - at.Alpha * x0) / at.Sigma;
        }
        return new Prediction(x0.MoveToOuterDisposeScope(), epsilon.MoveToOuterDisposeScope(), variance?.MoveToOuterDisposeScope());
    }

    private static (Tensor Epsilon, Tensor? Variance) Split(Tensor output, Tensor x)
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
            $"A denoiser must return [N, C, H, W] or [N, 2C, H, W] for x [{string.Join(", ", x.shape)}], but it returned [{string.Join(", ", output.shape)}].");
    }
}
