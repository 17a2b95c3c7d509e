using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Noise;

/// <summary>The draws of one run, one after the other. What it counts is its only state: a new stream of the same source begins anew.</summary>
public sealed class NoiseStream
{
    private readonly INoiseSource source;
    private readonly long firstImage;
    private long next;

    /// <summary>Begins a run.</summary>
    /// <param name="source">Where the noise comes from; it stays the caller's.</param>
    /// <param name="firstImage">The number of the batch's first image in the whole run, at least 0.</param>
    /// <param name="firstDraw">
    /// The number of the first draw, at least 0: 1 for a sampler whose start has been drawn with number 0.
    /// </param>
    public NoiseStream(INoiseSource source, long firstImage = 0, long firstDraw = 0)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegative(firstImage);
        ArgumentOutOfRangeException.ThrowIfNegative(firstDraw);
        (this.source, this.firstImage, next) = (source, firstImage, firstDraw);
    }

    /// <summary>The next draw from N(0, I).</summary>
    /// <param name="shape">[N, C, H, W].</param>
    /// <param name="device">Where it is made; null: on the CPU.</param>
    /// <param name="dtype">A floating-point type.</param>
    /// <returns>A new tensor that the caller owns.</returns>
    /// <exception cref="ArgumentException">The shape or the type is another, or the source draws another shape.</exception>
    public Tensor Draw(ReadOnlySpan<long> shape, Device? device = null, ScalarType dtype = ScalarType.Float32)
    {
        using var scope = NewDisposeScope();
        var drawn = empty(shape, dtype, device ?? CPU);
        NoiseTarget.Check(drawn);
        source.Fill(drawn, firstImage, next);
        next++;
        return drawn.MoveToOuterDisposeScope();
    }

    /// <summary>The next draw from N(0, I), with the shape, device and type of a tensor.</summary>
    /// <param name="like">[N, C, H, W] of a floating-point type.</param>
    /// <returns>A new tensor that the caller owns.</returns>
    /// <exception cref="ArgumentException">The tensor is of whole numbers, bytes for example, or the source draws another shape.</exception>
    public Tensor DrawLike(Tensor like)
    {
        ArgumentNullException.ThrowIfNull(like);
        return Draw(like.shape, like.device, like.dtype);
    }
}
