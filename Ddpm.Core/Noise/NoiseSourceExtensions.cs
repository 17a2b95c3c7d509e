using static TorchSharp.torch;

namespace Ddpm;

/// <summary>Draws that fit a tensor.</summary>
public static class NoiseSourceExtensions
{
    /// <summary>The next draw, with the shape, device and type of a tensor.</summary>
    /// <param name="noise">Where it comes from.</param>
    /// <param name="like">[N, C, H, W].</param>
    /// <returns>A new tensor that the caller owns.</returns>
    /// <exception cref="ArgumentException">The tensor is of whole numbers, bytes for example.</exception>
    public static Tensor DrawLike(this INoiseSource noise, Tensor like)
    {
        ArgumentNullException.ThrowIfNull(noise);
        ArgumentNullException.ThrowIfNull(like);
        if (!like.is_floating_point())
            throw new ArgumentException($"Noise is of floating-point numbers, but the tensor is of {like.dtype}.", nameof(like));
        using var scope = NewDisposeScope();
        return Upload.To(noise.DrawOf(like.shape), like.device, like.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>The next draw, which must have the shape that was asked for: another would be repeated over it without a word.</summary>
    /// <exception cref="ArgumentException">The source drew another shape.</exception>
    internal static Tensor DrawOf(this INoiseSource noise, long[] shape)
    {
        var drawn = noise.Draw(shape);
        return drawn.shape.AsSpan().SequenceEqual(shape)
            ? drawn
            : throw new ArgumentException(
                $"The noise must be [{string.Join(", ", shape)}], but its source drew {Batch.Extents(drawn)}.", nameof(noise));
    }
}
