namespace Ddpm.Samples;

/// <summary>An image near another one.</summary>
/// <param name="Index">Which of its set.</param>
/// <param name="Distance">Euclidean.</param>
internal readonly record struct Neighbour(int Index, double Distance);
