namespace Ddpm.Evaluation;

/// <summary>How two sets of images overlap in feature space.</summary>
/// <param name="Precision">The share of generated images that are within reach of a real one: are they good?</param>
/// <param name="Recall">The share of real images that are within reach of a generated one: are all kinds drawn?</param>
/// <param name="Density">How many real images a generated one is within reach of, divided by k. Above 1 where real images are dense.</param>
/// <param name="Coverage">The share of real images that have a generated one within their reach.</param>
/// <param name="Neighbours">k: an image reaches as far as its k-th nearest neighbour of the same set.</param>
/// <param name="Real">N of the real set. All four depend on both N: compare only figures of equal N.</param>
/// <param name="Generated">N of the generated set.</param>
public sealed record NeighbourResult(double Precision, double Recall, double Density, double Coverage, int Neighbours, int Real, int Generated);
