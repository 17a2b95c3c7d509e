using static TorchSharp.torch;

namespace Ddpm.Evaluation;

/// <summary>Euclidean distances.</summary>
internal static class Distances
{
    /// <summary>|a - b|² of every row of a with every row of b, as |a|² + |b|² - 2 a·b, not below 0.</summary>
    /// <param name="a">[N, D].</param>
    /// <param name="b">[M, D].</param>
    /// <returns>[N, M].</returns>
    internal static Tensor Squared(Tensor a, Tensor b)
    {
        using var scope = NewDisposeScope();
        // The squares are added to each other first: the distance from a to b has the bits of that from b to a.
        var squares = (a * a).sum([1]).unsqueeze(1).Plus((b * b).sum([1]));
        return squares.sub_(a.mm(b.t()).TimesInPlace(2)).ClampInPlace(0, double.PositiveInfinity).MoveToOuterDisposeScope();
    }
}
