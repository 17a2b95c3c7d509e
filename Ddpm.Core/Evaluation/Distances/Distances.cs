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
        var products = a.mm(b.t());
        return products.mul_(-2).add_((a * a).sum(1).unsqueeze(1)).add_((b * b).sum(1)).clamp_(min: 0).MoveToOuterDisposeScope();
    }
}
