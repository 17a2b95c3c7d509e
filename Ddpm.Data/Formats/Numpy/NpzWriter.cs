using System.IO.Compression;

namespace Ddpm.Formats;

/// <summary>
/// Writes files of NumPy with several arrays (.npz) as <c>numpy.savez</c> does: stored. The same arrays always give the same bytes.
/// </summary>
internal static class NpzWriter
{
    // What zip files begin to count at.
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes a file, which appears whole or not at all: on failure an older one stays.</summary>
    /// <exception cref="PlatformNotSupportedException">This machine writes the last byte first.</exception>
    internal static void Write(string path, IEnumerable<NpzEntry> arrays)
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("NumPy's files are written on little-endian machines only.");
        AtomicFile.Write(path, stream =>
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
            foreach (var array in arrays)
            {
                var entry = zip.CreateEntry($"{array.Name}.npy", CompressionLevel.NoCompression);
                entry.LastWriteTime = NoTime;
                using var bytes = entry.Open();
                bytes.Write(array.Header());
                bytes.Write(array.Values.Span);
            }
        });
    }
}
