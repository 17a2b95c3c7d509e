using Ddpm.Formats;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>One weight of ours in a file of any layout.</summary>
/// <param name="Stored">What the file says of it.</param>
/// <param name="Part">Query, key or value (0, 1, 2) of a tensor that holds all three; null: all of the tensor.</param>
internal sealed record CheckpointWeight(TensorEntry Stored, int? Part)
{
    /// <summary>Its shape with us. A 1x1 convolution is a linear layer: the trailing ones of its shape say nothing.</summary>
    internal IReadOnlyList<long> Shape { get; } = [.. ShapeOf(Stored, Part)];

    internal bool IsFloating => Stored.Type is ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float64;

    /// <summary>Copies it into a weight of the network.</summary>
    /// <param name="weight">The network's.</param>
    /// <param name="values">The file's.</param>
    /// <param name="heads">The heads of an attention of some width; asked only where query, key and value are one tensor.</param>
    /// <param name="newOrder">How their rows lie.</param>
    internal void CopyTo(Tensor weight, Tensor values, Func<int, int> heads, bool newOrder)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        weight.copy_((Part is { } part ? Rows(values, part, heads((int)values.shape[0] / 3), newOrder) : values).reshape(weight.shape));
    }

    // Legacy order: rows are [heads][q, k, v][width of a head]; new order: [q, k, v][heads][width of a head].
    private static Tensor Rows(Tensor values, int part, int heads, bool newOrder)
    {
        long[] rest = values.shape[1..];
        var width = values.shape[0] / 3 / heads;
        return newOrder
            ? values.reshape([3, heads, width, .. rest]).select(0, part)
            : values.reshape([heads, 3, width, .. rest]).select(1, part);
    }

    /// <summary>A shape without the trailing ones that tell a 1x1 convolution from a linear layer.</summary>
    internal static IEnumerable<long> Squeezed(IReadOnlyList<long> shape)
    {
        var kept = shape.Count;
        while (kept > 2 && shape[kept - 1] == 1)
            kept--;
        return shape.Take(kept);
    }

    private static IEnumerable<long> ShapeOf(TensorEntry stored, int? part) => part is null || stored.Shape.Count == 0
        ? Squeezed(stored.Shape)
        : Squeezed(stored.Shape).Skip(1).Prepend(stored.Shape[0] / 3);
}
