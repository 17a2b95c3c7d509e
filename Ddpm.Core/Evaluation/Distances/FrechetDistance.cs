using MathNet.Numerics.LinearAlgebra;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Evaluation;

/// <summary>
/// The Fréchet distance of two normal distributions, d² = |μ_a - μ_b|² + tr(Σ_a + Σ_b - 2 (Σ_a Σ_b)^½) (Dowson and Landau 1982). Of Inception-v3's
/// 2,048 features it is FID (Heusel et al. 2017); of others it must be called by their name.
/// </summary>
/// <remarks>
/// With symmetric roots, tr (Σ_a Σ_b)^½ is the sum of the singular values of Σ_a^½ Σ_b^½. The root of a product that is not symmetric, and the roots
/// of eigenvalues that are rounding errors, are never taken: sets with fewer images than features need no added diagonal, and a set is at 0 from
/// itself.
/// </remarks>
public static class FrechetDistance
{
    /// <summary>Measures.</summary>
    /// <param name="a">The one set, as the images that a model should be like.</param>
    /// <param name="b">The other.</param>
    /// <exception cref="ArgumentException">They are of different features.</exception>
    public static FrechetResult Between(FeatureStatistics a, FeatureStatistics b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Width != b.Width)
            throw new ArgumentException($"Both sets must be of the same features, but they have {a.Width} and {b.Width}.", nameof(b));
        if (a.Origin.Space is { } one && b.Origin.Space is { } other && one != other)
            throw new ArgumentException($"Both sets must be of the same features, but they are of {one} and {other}.", nameof(b));
        using var scope = NewDisposeScope();
        var (rootA, spreadA) = CovarianceRoot.Of(a);
        var (rootB, spreadB) = CovarianceRoot.Of(b);
        var overlap = linalg.svdvals(rootA.t().mm(rootB)).sum().item<double>();
        var (difference, traces) = (a.Mean - b.Mean, a.Covariance.Trace() + b.Covariance.Trace());
        return new(difference.DotProduct(difference), traces - 2 * overlap, a.Count, b.Count)
        {
            Bias = spreadA + spreadB,
            IsRankDeficient = a.Count <= a.Width || b.Count <= b.Width,
        };
    }

    /// <summary>Measures two sets of features.</summary>
    /// <param name="a">float32 or float64 [N, D]; it stays the caller's.</param>
    /// <param name="b">[M, D]; it stays the caller's.</param>
    /// <exception cref="ArgumentException">They are not, have fewer than 2 rows, or are not all finite.</exception>
    public static FrechetResult Between(Tensor a, Tensor b) => Between(Statistics(a, nameof(a)), Statistics(b, nameof(b)));

    private static FeatureStatistics Statistics(Tensor features, string argument)
    {
        using var scope = NewDisposeScope();
        var numbers = FeatureBatch.Check(features, argument, least: 2);
        using var accumulator = new FeatureAccumulator((int)numbers.shape[1]);
        accumulator.Add(numbers);
        return accumulator.ToStatistics();
    }
}
