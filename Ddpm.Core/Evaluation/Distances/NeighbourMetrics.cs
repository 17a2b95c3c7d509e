using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Evaluation;

/// <summary>
/// Precision and recall (Kynkäänniemi et al. 2019), density and coverage (Naeem et al. 2020), by Euclidean distances to the k nearest neighbours.
/// Every pair of images is looked at: N² D operations.
/// </summary>
public sealed record NeighbourMetrics
{
    /// <summary>k, at least 1. 5 by default; 3 is what Kynkäänniemi et al. took.</summary>
    public int Neighbours { get; init => field = RuleArgument.Check(value >= 1, nameof(Neighbours), value, "at least 1"); } = 5;

    /// <summary>Measures. The order of the rows does not matter.</summary>
    /// <param name="real">float32 or float64 [N, D]; it stays the caller's.</param>
    /// <param name="generated">[M, D]; it stays the caller's.</param>
    /// <param name="cancellationToken">Looked at between blocks of rows.</param>
    /// <exception cref="ArgumentException">They are not, are not finite, or have no k neighbours.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public NeighbourResult Measure(Tensor real, Tensor generated, CancellationToken cancellationToken = default)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var theirs = FeatureBatch.Ordered(FeatureBatch.Check(real, nameof(real), Neighbours + 1));
        var ours = FeatureBatch.Ordered(FeatureBatch.Check(generated, nameof(generated), Neighbours + 1, (int)theirs.shape[1]));
        var (reach, oursReach) = (Reach(theirs, cancellationToken), Reach(ours, cancellationToken));
        var (precise, dense) = (0L, 0L);
        var recalled = zeros_like(reach, ScalarType.Bool);
        var nearest = reach.FullLike(double.PositiveInfinity);
        foreach (var rows in RowBlocks.Of(ours.shape[0], theirs.shape[0]))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var block = NewDisposeScope();
            var squares = Distances.Squared(ours.narrow(0, rows.First, rows.Count), theirs);
            var within = squares.lt(reach);
            precise += within.any(1).sum().item<long>();
            dense += within.sum().item<long>();
            recalled.logical_or_(squares.lt(oursReach.narrow(0, rows.First, rows.Count).unsqueeze(1)).any(0));
            nearest.copy_(minimum(nearest, squares.amin([0])));
        }
        var (n, m) = ((int)theirs.shape[0], (int)ours.shape[0]);
        return new(
            precise / (double)m, recalled.sum().item<long>() / (double)n, dense / ((double)Neighbours * m),
            nearest.lt(reach).sum().item<long>() / (double)n, Neighbours, n, m);
    }

    // The squared distance of each image to its k-th nearest of the others.
    private Tensor Reach(Tensor x, CancellationToken cancellationToken)
    {
        var reach = empty(x.shape[0], ScalarType.Float64);
        foreach (var rows in RowBlocks.Of(x.shape[0], x.shape[0]))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var block = NewDisposeScope();
            var squares = Distances.Squared(x.narrow(0, rows.First, rows.Count), x);
            squares.diagonal(rows.First).Fill(double.PositiveInfinity);
            var nearest = squares.topk(Neighbours, dim: 1, largest: false, sorted: true).values;
            reach.narrow(0, rows.First, rows.Count).copy_(nearest.select(1, Neighbours - 1));
        }
        return reach;
    }
}
