using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Evaluation;

/// <summary>Σ = F Fᵀ, by the eigenvalues of Σ.</summary>
internal static class CovarianceRoot
{
    private const double MachineEpsilon = 2.220446049250313e-16;

    /// <summary>F, without the directions in which Σ is 0 but for rounding; and what its set adds to the bias of a distance.</summary>
    /// <returns>float64 [D, R], which the dispose scope owns; null where N is not known.</returns>
    internal static (Tensor Root, double? Bias) Of(FeatureStatistics statistics)
    {
        var covariance = tensor(statistics.Covariance.ToColumnMajorArray(), [statistics.Width, statistics.Width]);
        var (values, vectors) = linalg.eigh(covariance.Plus(covariance.t()).Over(2));
        var largest = values.max().item<double>();
        var kept = values.IsAbove(largest * statistics.Width * MachineEpsilon).nonzero().squeeze(1);
        var λ = values.index_select(0, kept);
        return (vectors.index_select(1, kept) * λ.sqrt(), statistics.Count is { } count ? Bias(λ, count) : null);
    }

    // With covariances Σ + Δ, Δ_ij of variance λ_i λ_j (1 + [i = j]) / (N - 1) in the eigenvectors' axes, d² is to second order
    // |δ|² + ½ Σ Δ_ij² / (λ_i + λ_j).
    private static double Bias(Tensor λ, long count)
    {
        if (λ.numel() == 0 || count < 2)
            return 0;
        var (column, row) = (λ.unsqueeze(1), λ.unsqueeze(0));
        var ofCovariance = (column * row / column.Plus(row)).sum().item<double>() / 2 + λ.sum().item<double>() / 4;
        return λ.sum().item<double>() / count + ofCovariance / (count - 1);
    }
}
