namespace Ddpm.Formats;

/// <summary>A record of a zip file.</summary>
/// <param name="Name">Data, never a path.</param>
/// <param name="HeaderOffset">Where its own header lies.</param>
/// <param name="Offset">Where its bytes lie.</param>
/// <param name="Length">How many bytes it holds, as it declares.</param>
/// <param name="Crc">Their checksum, if they are sound.</param>
/// <param name="IsDeflated">Whether they are compressed.</param>
/// <param name="Stored">How many bytes they take in the file.</param>
internal sealed record ZipRecord(string Name, long HeaderOffset, long Offset, long Length, uint Crc, bool IsDeflated, long Stored);
