namespace Ddpm.Formats;

/// <summary>A record of a zip file, stored as it is.</summary>
/// <param name="Name">Data, never a path.</param>
/// <param name="HeaderOffset">Where its own header lies.</param>
/// <param name="Offset">Where its bytes lie.</param>
/// <param name="Length">How many there are.</param>
/// <param name="Crc">Their checksum, if they are sound.</param>
internal sealed record ZipRecord(string Name, long HeaderOffset, long Offset, long Length, uint Crc);
