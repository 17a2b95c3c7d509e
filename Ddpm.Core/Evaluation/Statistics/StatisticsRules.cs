using MathNet.Numerics.LinearAlgebra;

namespace Ddpm.Evaluation;

/// <summary>What a mean and a covariance must be, wherever they come from.</summary>
internal static class StatisticsRules
{
    // Programs that compute in float32 write covariances that differ across the diagonal by rounding.
    private const double Asymmetry = 1e-3;

    /// <exception cref="ArgumentException">They are not.</exception>
    internal static void Check(Vector<double> mean, Matrix<double> covariance)
    {
        if (covariance.RowCount != mean.Count || covariance.ColumnCount != mean.Count)
            throw new ArgumentException(
                $"The covariance of {mean.Count} features must be {mean.Count} x {mean.Count}, "
                + $"but is {covariance.RowCount} x {covariance.ColumnCount}.");
        for (var i = 0; i < mean.Count; i++)
        {
            if (!double.IsFinite(mean[i]))
                throw new ArgumentException($"The mean must be finite, but feature {i} is {mean[i]}.");
            if (!(covariance[i, i] >= 0) || !double.IsFinite(covariance[i, i]))
                throw new ArgumentException($"Variances must be finite and at least 0, but that of feature {i} is {covariance[i, i]}.");
        }
        for (var i = 0; i < mean.Count; i++)
            for (var j = 0; j < i; j++)
                if (!(Math.Abs(covariance[i, j] - covariance[j, i]) <= Asymmetry * Math.Sqrt(covariance[i, i] * covariance[j, j]) + double.Epsilon))
                    throw new ArgumentException(
                        $"A covariance must be finite and symmetric, but at {i}, {j} is {covariance[i, j]} and at {j}, {i} {covariance[j, i]}.");
    }
}
