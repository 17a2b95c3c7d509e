using static TorchSharp.torch;

namespace Ddpm;

/// <summary>Draws that fit a tensor.</summary>
public static class NoiseSourceExtensions
{
    /// <summary>The next draw, with the shape, device and type of a tensor.</summary>
    /// <param name="noise">Where it comes from.</param>
    /// <param name="like">[N, C, H, W].</param>
    /// <returns>A new tensor that the caller owns.</returns>
    public static Tensor DrawLike(this INoiseSource noise, Tensor like)
    {
        ArgumentNullException.ThrowIfNull(noise);
        ArgumentNullException.ThrowIfNull(like);
        using var scope = NewDisposeScope();
        return noise.Draw(like.shape).to(like.dtype, like.device).MoveToOuterDisposeScope();
    }
}
