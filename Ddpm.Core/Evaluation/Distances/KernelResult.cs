namespace Ddpm.Evaluation;

/// <summary>A kernel distance: unbiased, so that it can be below 0 for sets that are alike, whatever their sizes.</summary>
/// <param name="Mean">The mean over the subsets: KID, for Inception-v3's features.</param>
/// <param name="StandardDeviation">Over the subsets (divided by their number), as other programs report it. It is of one subset, not of the mean.
/// </param>
/// <param name="Subsets">How many there were.</param>
/// <param name="SubsetSize">Images of each set in a subset.</param>
public sealed record KernelResult(double Mean, double StandardDeviation, int Subsets, int SubsetSize);
