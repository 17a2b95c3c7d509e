using MathNet.Numerics.LinearAlgebra;

namespace Ddpm.Evaluation;

/// <summary>Mean and covariance of the features of a set of images: all that <see cref="FrechetDistance"/> looks at.</summary>
public sealed class FeatureStatistics
{
    /// <summary>Takes statistics from elsewhere; <see cref="FeatureAccumulator"/> makes them from features.</summary>
    /// <param name="count">N, the number of images; null: not known, as in files of other programs.</param>
    /// <param name="mean">[D]; it is not copied.</param>
    /// <param name="covariance">[D, D], divided by N - 1; it is not copied.</param>
    /// <param name="origin">What they were made from; null: not known.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other, a number is not finite, or the covariance is not symmetric.</exception>
    public FeatureStatistics(long? count, Vector<double> mean, Matrix<double> covariance, StatisticsOrigin? origin = null)
    {
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(covariance);
        if (count is < 1)
            throw new ArgumentOutOfRangeException(nameof(count), count, "Statistics must be of at least 1 image.");
        StatisticsRules.Check(mean, covariance);
        if (origin?.Space is { } space && space.Width != mean.Count)
            throw new ArgumentException(
                $"The statistics of {space.Name} must be of {space.Width} features, but are of {mean.Count}.", nameof(origin));
        (Count, Mean, Covariance, Origin) = (count, mean, covariance, origin ?? new());
    }

    /// <summary>N; null: not known.</summary>
    public long? Count { get; }

    /// <summary>D.</summary>
    public int Width => Mean.Count;

    /// <summary>[D].</summary>
    public Vector<double> Mean { get; }

    /// <summary>[D, D], symmetric, divided by N - 1.</summary>
    public Matrix<double> Covariance { get; }

    /// <summary>What they were made from.</summary>
    public StatisticsOrigin Origin { get; }
}
