using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>Between bytes 0..255 and the network's range -1..1 (Ho et al. 2020, section 3.3).</summary>
public static class Pixels
{
    /// <summary>x / 127.5 - 1.</summary>
    /// <param name="bytes">uint8 of any shape.</param>
    /// <returns>float32 of the same shape in [-1, 1]; the caller owns it.</returns>
    /// <exception cref="ArgumentException">They are no bytes; images in [-1, 1], for example, are there already.</exception>
    public static Tensor ToUnit(Tensor bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        if (bytes.dtype != ScalarType.Byte)
            throw new ArgumentException($"Pixels must be bytes, uint8, but are of {bytes.dtype}.", nameof(bytes));
        using var scope = NewDisposeScope();
        return bytes.to(ScalarType.Float32).OverInPlace(127.5).PlusInPlace(-1.0).MoveToOuterDisposeScope();
    }

    /// <summary>(x + 1) · 127.5, clipped to 0..255 and rounded to the nearest (half to even).</summary>
    /// <param name="x">float of any shape; what lies outside [-1, 1] is clipped, NaN becomes 0.</param>
    /// <returns>uint8 of the same shape on the CPU; the caller owns it.</returns>
    /// <exception cref="ArgumentException">They are whole numbers: bytes, for example, are bytes already.</exception>
    public static Tensor ToBytes(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!x.is_floating_point())
            throw new ArgumentException($"Images must be of floating-point numbers in [-1, 1], but are of {x.dtype}.", nameof(x));
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return x.cpu().to(ScalarType.Float32).Plus(1.0).TimesInPlace(127.5).nan_to_num_(0.0, 255.0, 0.0).ClampInPlace(0.0, 255.0).round_()
            .to(ScalarType.Byte).MoveToOuterDisposeScope();
    }

    /// <summary>Images by index, in the network's range.</summary>
    /// <param name="dataset">Where they come from.</param>
    /// <param name="indices">N indices, each in 0..Count-1.</param>
    /// <returns>float32 [N, C, H, W] in [-1, 1] on the CPU; the caller owns it.</returns>
    public static Tensor Batch(IImageDataset dataset, ReadOnlySpan<int> indices) => Batch(dataset, indices, _ => false, CPU);

    /// <summary>The same, some of them mirrored left to right; bytes go to the device, a quarter of what floats would take.</summary>
    internal static Tensor Batch(IImageDataset dataset, ReadOnlySpan<int> indices, Func<int, bool> isMirrored, Device device)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var (size, width) = ((int)dataset.Shape.Values, dataset.Shape.Width);
        var bytes = new byte[checked(indices.Length * size)];
        for (var i = 0; i < indices.Length; i++)
        {
            var image = bytes.AsSpan(i * size, size);
            dataset.CopyTo(indices[i], image);
            for (var row = 0; row < size && isMirrored(i); row += width)
                image.Slice(row, width).Reverse();
        }
        using var scope = NewDisposeScope();
        return ToUnit(Upload.To(torch.tensor(bytes, dataset.Shape.Batch(indices.Length), dtype: ScalarType.Byte), device)).MoveToOuterDisposeScope();
    }

    /// <summary>The bytes of images in the network's range, ready to be written as a picture.</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <returns>N · C · H · W bytes, image by image, each as C planes of H rows.</returns>
    public static byte[] ToArray(Tensor x)
    {
        using var bytes = ToBytes(x);
        using var dense = bytes.contiguous();
        var copy = dense.data<byte>().ToArray();
        GC.KeepAlive(dense);
        return copy;
    }
}
