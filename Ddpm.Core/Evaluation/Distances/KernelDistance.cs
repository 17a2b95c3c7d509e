using Ddpm.Noise;
using MathNet.Numerics.Statistics;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Evaluation;

/// <summary>
/// The squared maximum mean discrepancy with the kernel k(x, y) = (x·y / D + 1)³, without bias (Bińkowski et al. 2018): of Inception-v3's features
/// it is KID. It needs fewer images than <see cref="FrechetDistance"/>.
/// </summary>
public sealed record KernelDistance
{
    private const int MostSubsetSize = 1000;

    /// <summary>How many pairs of subsets are drawn, at least 1. 100 by default.</summary>
    public int Subsets { get; init => field = RuleArgument.Check(value >= 1, nameof(Subsets), value, "at least 1"); } = 100;

    /// <summary>Images of each set in a subset, at least 2. null, the default: 1,000, or half of the smaller set, if that is less.</summary>
    public int? SubsetSize { get; init => field = RuleArgument.Check(value is null or >= 2, nameof(SubsetSize), value, "at least 2"); }

    /// <summary>The subsets follow from it. 0 by default.</summary>
    public ulong Seed { get; init; }

    /// <summary>Measures by subsets, drawn without replacement. The order of the rows does not matter.</summary>
    /// <param name="a">float32 or float64 [N, D]; it stays the caller's.</param>
    /// <param name="b">[M, D]; it stays the caller's.</param>
    /// <param name="cancellationToken">Looked at between subsets.</param>
    /// <exception cref="ArgumentException">They are not, are not finite, or are fewer than <see cref="SubsetSize"/>, or than 2.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public KernelResult Between(Tensor a, Tensor b, CancellationToken cancellationToken = default)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var (one, other) = Pair(a, b);
        var smaller = (int)Math.Min(one.shape[0], other.shape[0]);
        var size = SubsetSize ?? Math.Clamp(smaller / 2, 2, MostSubsetSize);
        if (size > smaller)
            throw new ArgumentException($"{nameof(SubsetSize)} must be at most the smaller set's {smaller} images, but is {size}.");
        var distances = new double[Subsets];
        for (var i = 0; i < Subsets; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var subset = NewDisposeScope();
            distances[i] = Unbiased(Draw(one, size, i, 0), Draw(other, size, i, 1));
        }
        return new(distances.Mean(), distances.PopulationStandardDeviation(), Subsets, size);
    }

    /// <summary>Measures all images at once: the least noisy value, and no spread.</summary>
    /// <inheritdoc cref="Between"/>
    public static double OfAll(Tensor a, Tensor b)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var (one, other) = Pair(a, b);
        return Unbiased(one, other);
    }

    private static (Tensor, Tensor) Pair(Tensor a, Tensor b)
    {
        var one = FeatureBatch.Check(a, nameof(a), least: 2);
        return (FeatureBatch.Ordered(one), FeatureBatch.Ordered(FeatureBatch.Check(b, nameof(b), least: 2, width: (int)one.shape[1])));
    }

    // The first rows of a shuffle (Durstenfeld 1964) that follows from the seed, the subset and the set.
    private Tensor Draw(Tensor rows, int size, int subset, int set)
    {
        var order = Enumerable.Range(0, (int)rows.shape[0]).Select(i => (long)i).ToArray();
        for (var i = 0; i < size; i++)
        {
            var other = i + (int)(Seeds.Uniform(Seed, (ulong)subset, (ulong)set, (ulong)i) * (order.Length - i));
            (order[i], order[other]) = (order[other], order[i]);
        }
        return rows.index_select(0, tensor(order[..size]));
    }

    private static double Unbiased(Tensor a, Tensor b) => WithinMean(a) + WithinMean(b) - 2 * KernelSum(a, b) / (a.shape[0] * b.shape[0]);

    // Over the pairs of different images.
    private static double WithinMean(Tensor x)
    {
        using var scope = NewDisposeScope();
        var ofThemselves = Kernel((x * x).sum([1]), x.shape[1]).sum().item<double>();
        return (KernelSum(x, x) - ofThemselves) / (x.shape[0] * (x.shape[0] - 1.0));
    }

    private static double KernelSum(Tensor a, Tensor b)
    {
        var sum = 0.0;
        foreach (var rows in RowBlocks.Of(a.shape[0], b.shape[0]))
        {
            using var scope = NewDisposeScope();
            sum += Kernel(a.narrow(0, rows.First, rows.Count).mm(b.t()), a.shape[1]).sum().item<double>();
        }
        return sum;
    }

    // In place of the products.
    private static Tensor Kernel(Tensor products, long width) => products.OverInPlace(width).PlusInPlace(1).PowerInPlace(3);
}
