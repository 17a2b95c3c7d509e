using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>Where tensors of one type lie in a flat one: one after the other, each from a multiple of 64 bytes on, as vector instructions like
/// it.</summary>
internal sealed class FlatLayout
{
    private const int Alignment = 16;           // of float32

    private readonly Part[] parts;

    private FlatLayout(Part[] parts, long length) => (this.parts, Length) = (parts, length);

    /// <summary>Values of the flat tensor, with the gaps, which are zeros.</summary>
    internal long Length { get; }

    internal int Count => parts.Length;

    /// <param name="tensors">Names, and shapes and strides.</param>
    /// <param name="channelsLast">Whether weights of convolutions [O, I, H, W] lie as [O, H, W, I], as those of images with channels last are used:
    /// else they are copied into that order in each pass.</param>
    internal static FlatLayout Of(IReadOnlyList<(string Name, Tensor Like)> tensors, bool channelsLast)
    {
        var parts = new Part[tensors.Count];
        long offset = 0;
        foreach (var (i, (name, like)) in tensors.Index())
        {
            var strides = channelsLast && like.shape is [_, var c, var h, var w] ? [h * w * c, 1, w * c, c] : Dense(like.shape, like.stride());
            parts[i] = new(name, like.shape, strides, offset);
            offset = checked(offset + (like.numel() + Alignment - 1) / Alignment * Alignment);
        }
        return new(parts, offset);
    }

    /// <summary>One of the tensors as a view; the caller owns it.</summary>
    internal Tensor View(Tensor flat, int i) => flat.as_strided(parts[i].Shape, parts[i].Strides, parts[i].Offset);

    /// <summary>All of them by name, as views that the caller owns.</summary>
    internal IEnumerable<KeyValuePair<string, Tensor>> Views(Tensor flat) => parts.Select((part, i) => KeyValuePair.Create(part.Name, View(flat, i)));

    // The order in memory stays where it has no gaps, such as that of convolutions with channels last.
    private static long[] Dense(long[] shape, long[] strides)
    {
        long expected = 1;
        foreach (var (stride, extent) in strides.Zip(shape).Where(pair => pair.Second != 1).OrderBy(pair => pair.First))
        {
            if (stride != expected)
                return RowByRow(shape);
            expected *= extent;
        }
        return strides;
    }

    private static long[] RowByRow(long[] shape)
    {
        var strides = new long[shape.Length];
        long next = 1;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            strides[i] = next;
            next *= shape[i];
        }
        return strides;
    }

    private sealed record Part(string Name, long[] Shape, long[] Strides, long Offset);
}
