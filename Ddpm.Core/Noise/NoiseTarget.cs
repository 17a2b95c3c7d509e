using Ddpm.Imaging;
using static TorchSharp.torch;

namespace Ddpm.Noise;

/// <summary>What every source asks of the tensor that it fills, and how it fills it with noise of the host's.</summary>
internal static class NoiseTarget
{
    /// <exception cref="ArgumentException">It is not [N, C, H, W] of floating-point numbers, or it is empty.</exception>
    internal static void Check(Tensor target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (!target.is_floating_point() || target.dim() != 4 || target.numel() == 0)
            throw new ArgumentException(
                $"Noise must be [N, C, H, W] of floating-point numbers, each extent at least 1, but is {Batch.Extents(target)} of {target.dtype}.",
                nameof(target));
    }

    /// <summary>Copies noise, which must have the target's shape: another would be repeated over it without a word.</summary>
    /// <exception cref="ArgumentException">The noise has another shape.</exception>
    internal static void Copy(Tensor noise, Tensor target)
    {
        if (!noise.shape.AsSpan().SequenceEqual(target.shape))
            throw new ArgumentException($"The noise must be {Batch.Extents(target)}, but its source drew {Batch.Extents(noise)}.", nameof(noise));
        using var scope = NewDisposeScope();
        target.copy_(Upload.To(noise, target.device, target.dtype));
    }
}
