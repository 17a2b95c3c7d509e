namespace Ddpm.Samples.WebStudio;

/// <summary>The images of a request, as PNGs.</summary>
/// <param name="Seed">Given again with the same request, it makes the same images.</param>
/// <param name="Images">One by one.</param>
/// <param name="SecondSeed">Where there are two.</param>
internal sealed record FinalEvent(ulong Seed, IReadOnlyList<byte[]> Images, ulong? SecondSeed = null);
