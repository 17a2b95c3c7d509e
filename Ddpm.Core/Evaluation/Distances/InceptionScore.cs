using MathNet.Numerics.Statistics;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Evaluation;

/// <summary>
/// exp(mean of KL(p(y|x) | p(y))) (Salimans et al. 2016): whether a classifier is sure of each image, and not of the same class each time. It looks
/// at no real images.
/// </summary>
public static class InceptionScore
{
    private const double SumTolerance = 1e-3;

    /// <summary>Measures.</summary>
    /// <param name="probabilities">p(y|x), float32 or float64 [N, K], rows that sum to 1; they stay the caller's.</param>
    /// <param name="splits">Into how many parts the images are split in their order, each measured by itself: 1 to N. 10 by default, as in papers.
    /// The order of the images therefore matters, but not for 1.</param>
    /// <exception cref="ArgumentException">They are not probabilities, or fewer than the splits.</exception>
    public static InceptionScoreResult Measure(Tensor probabilities, int splits = 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(splits, 1);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var p = FeatureBatch.Check(probabilities, nameof(probabilities), least: splits);
        if (p.min().item<double>() is < 0 and var least)
            throw new ArgumentException($"Probabilities must be at least 0, but one is {least}.", nameof(probabilities));
        if (p.sum([1]).Minus(1).abs().max().item<double>() is > SumTolerance and var off)
            throw new ArgumentException($"The probabilities of an image must sum to 1, but one sum is off by {off}.", nameof(probabilities));
        var scores = new double[splits];
        for (var i = 0; i < splits; i++)
        {
            var (first, end) = (i * p.shape[0] / splits, (i + 1) * p.shape[0] / splits);
            scores[i] = Score(splits == 1 ? FeatureBatch.Ordered(p) : p.narrow(0, first, end - first));
        }
        return new(scores.Mean(), scores.PopulationStandardDeviation(), splits);
    }

    // A class of probability 0 adds nothing, as p ln p goes to 0 with p.
    private static double Score(Tensor p) => Math.Exp((p.xlogy(p) - p.xlogy(p.mean([0], keepdim: true))).sum([1]).mean().item<double>());
}
