using Ddpm.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Evaluation;

/// <summary>What every extractor asks of the images that it is given.</summary>
internal static class FeatureImages
{
    /// <exception cref="ArgumentException">They are not uint8 [N, C, H, W], there are none, or they are not of the shape.</exception>
    internal static void Check(Tensor images, string argument, ImageShape? shape = null)
    {
        ArgumentNullException.ThrowIfNull(images, argument);
        if (images.dtype != ScalarType.Byte || images.dim() != 4 || images.numel() == 0)
            throw new ArgumentException(
                $"Images must be [N, C, H, W] of bytes, N at least 1, but are {Batch.Extents(images)} of {images.dtype}"
                + $"{(images.is_floating_point() ? ": Pixels.ToBytes makes them of the network's range" : "")}.", argument);
        if (shape is { } known && !images.shape.AsSpan(1).SequenceEqual(known.Batch(1).AsSpan(1)))
            throw new ArgumentException($"Images must be {known}, but are {Batch.Extents(images)}.", argument);
    }
}
