using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Imaging;

/// <summary>What every method that takes images asks of them: facts that are known without reading from their device.</summary>
internal static class Batch
{
    /// <summary>Images, or noise, of the network's range.</summary>
    /// <param name="images">What was given.</param>
    /// <param name="argument">The argument's name.</param>
    /// <param name="channels">C, if it is known.</param>
    /// <returns>N.</returns>
    /// <exception cref="ArgumentException">They are not [N, C, H, W] of floating-point numbers, or there are none.</exception>
    internal static int Check(Tensor images, string argument, int? channels = null)
    {
        ArgumentNullException.ThrowIfNull(images, argument);
        return images.dim() == 4 && images.numel() > 0 && (channels is null || images.shape[1] == channels) && images.is_floating_point()
            ? checked((int)images.shape[0])
            : throw new ArgumentException(
                $"Images must be [N, {(channels is { } known ? $"{known}" : "C")}, H, W] of floating-point numbers in [-1, 1], N at least 1, "
                + $"but are {Extents(images)} of {images.dtype}{(images.dtype == ScalarType.Byte ? ": Pixels.ToUnit makes them of bytes" : "")}.",
                argument);
    }

    /// <summary>A tensor that goes with others, value by value.</summary>
    /// <exception cref="ArgumentException">It is of another shape or on another device, or its numbers are whole.</exception>
    internal static void CheckLike(Tensor tensor, string argument, Tensor images, string of)
    {
        ArgumentNullException.ThrowIfNull(tensor, argument);
        if (!tensor.shape.AsSpan().SequenceEqual(images.shape) || !tensor.is_floating_point() || Where(tensor) != Where(images))
            throw new ArgumentException(
                $"{argument} must be as {of}, {Extents(images)} of floating-point numbers on {images.device}, "
                + $"but is {Extents(tensor)} of {tensor.dtype} on {tensor.device}.", argument);
    }

    /// <summary>[N, C, H, W] in words.</summary>
    internal static string Extents(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";

    private static (DeviceType, int) Where(Tensor tensor) => (tensor.device_type, tensor.device_index);
}
