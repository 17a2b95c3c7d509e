using static TorchSharp.torch;

namespace Ddpm;

/// <summary>Where a run starts: from unit noise, from an image at some step, or, to invert a sampler, from the image itself.</summary>
public readonly record struct SamplingStart
{
    private SamplingStart(Tensor x, int? t) => (X, T) = (x, t);

    /// <summary>[N, C, H, W].</summary>
    public Tensor X { get; }

    /// <summary>The step that <see cref="X"/> is noised to, 0-based, or -1 for the image itself; null: X is unit noise.</summary>
    public int? T { get; }

    /// <summary>Starts from a draw of N(0, I).</summary>
    public static SamplingStart FromNoise(Tensor noise) => new(noise, null);

    /// <summary>Starts from x_t = √ᾱ_t x_0 + √(1-ᾱ_t) ε, which is denoised from t on (SDEdit, interpolation).</summary>
    /// <param name="xt">[N, C, H, W].</param>
    /// <param name="t">0 to T-1.</param>
    public static SamplingStart From(Tensor xt, int t)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(t);
        return new(xt, t);
    }

    /// <summary>Starts from x_0, to find the noise that leads to it (<see cref="DdimInversion"/>).</summary>
    public static SamplingStart FromImage(Tensor x0) => new(x0, -1);
}
