using static TorchSharp.torch;

namespace Ddpm.Samplers;

/// <summary>Where a run starts: from unit noise, from an image at some point of the path, or, to invert a sampler, from the image itself.</summary>
public readonly record struct SamplingStart
{
    private readonly int? step;
    private readonly DiffusionPoint? point;

    private SamplingStart(Tensor x, int? step = null, DiffusionPoint? point = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        (X, this.step, this.point) = (x, step, point);
    }

    /// <summary>[N, C, H, W].</summary>
    public Tensor X { get; }

    /// <summary>The step that <see cref="X"/> is noised to, 0-based, may be fractional, or -1 for the image itself; null: X is unit noise.</summary>
    public double? T => point?.T ?? step;

    /// <summary>Whether the run starts from the image itself.</summary>
    internal bool IsImage => step < 0;

    /// <summary>Starts from a draw of N(0, I).</summary>
    public static SamplingStart FromNoise(Tensor noise) => new(noise);

    /// <summary>Starts from x_t = √ᾱ_t x_0 + √(1-ᾱ_t) ε, which is denoised from t on (SDEdit, interpolation).</summary>
    /// <param name="xt">[N, C, H, W].</param>
    /// <param name="t">0 to T-1.</param>
    public static SamplingStart From(Tensor xt, int t)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(t);
        return new(xt, t);
    }

    /// <summary>Starts from x = α x_0 + σ ε at any point of the path, also between two steps: where a frame of another run stands.</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="at">Where x is; not the data.</param>
    public static SamplingStart From(Tensor x, DiffusionPoint at) => at is { Sigma: > 0, Alpha: >= 0 }
        ? new(x, point: at)
        : throw new ArgumentException($"A run must start from a point with noise, sigma above 0, but starts from {at}.", nameof(at));

    /// <summary>Starts from x_0, to find the noise that leads to it (<see cref="DdimInversion"/>).</summary>
    public static SamplingStart FromImage(Tensor x0) => new(x0, -1);

    /// <summary>The same point for another state.</summary>
    internal SamplingStart With(Tensor x) => new(x, step, point);

    /// <summary>The point that X is at; null for unit noise.</summary>
    /// <exception cref="ArgumentException">The step is outside the process.</exception>
    public DiffusionPoint? On(DiffusionPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (step is not { } t)
            return point;
        return t < path.Steps ? path.At(t) : throw new ArgumentException($"The step to start from must be in 0..{path.Steps - 1}, but is {t}.");
    }
}
