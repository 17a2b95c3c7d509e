namespace Ddpm.Formats;

/// <summary>What a MAT-file says of a variable before its contents.</summary>
/// <param name="Name">Its name; may be empty.</param>
/// <param name="Class">Its kind.</param>
/// <param name="Dimensions">Rows, columns and further sizes; empty for an opaque object.</param>
internal sealed record MatVariable(string Name, MatClass Class, IReadOnlyList<long> Dimensions);
