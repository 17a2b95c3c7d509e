using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests;

/// <summary>
/// Noise that any language can repeat: √2 cos(1.7 i + 0.61 (i mod 7 + 1)(k + 1)) for the flat index i and the draw k, in double, then float32.
/// </summary>
internal static class CosineNoise
{
    internal static Tensor Draw(int k, params ReadOnlySpan<long> shape)
    {
        var values = new float[shape.ToArray().Aggregate(1L, (product, extent) => product * extent)];
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)(Math.Sqrt(2) * Math.Cos(1.7 * i + 0.61 * (i % 7 + 1) * (k + 1)));
        return torch.tensor(values).view(shape.ToArray());
    }

    /// <summary>Draws k = first, first + 1, …</summary>
    internal static GivenNoise From(int first) => new((draw, shape) =>
    {
        using var scope = NewDisposeScope();
        return Draw(first + draw, shape).MoveToOuterDisposeScope();
    });
}
