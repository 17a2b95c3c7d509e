namespace Ddpm.Formats;

/// <summary>What precedes a matrix's contents.</summary>
/// <param name="Class">Its kind.</param>
/// <param name="IsComplex">Whether imaginary parts follow the real ones.</param>
/// <param name="IsLogical">Whether its numbers are truth values.</param>
/// <param name="Dimensions">Its sizes; empty for an opaque object.</param>
/// <param name="Name">Its name.</param>
internal sealed record Mat5Header(MatClass Class, bool IsComplex, bool IsLogical, IReadOnlyList<long> Dimensions, string Name);
