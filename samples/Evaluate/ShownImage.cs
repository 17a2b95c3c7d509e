namespace Ddpm.Samples;

/// <summary>An evaluated image that the page shows, and what is nearest to it among the training images.</summary>
/// <param name="Index">Which.</param>
/// <param name="ByFeatures">The nearest in feature space, the nearest first.</param>
/// <param name="ByPixels">The nearest by the root mean square of the differences of bytes.</param>
internal sealed record ShownImage(int Index, IReadOnlyList<Neighbour> ByFeatures, IReadOnlyList<Neighbour> ByPixels);
