namespace Ddpm.Samples;

/// <summary>Writes files that are either whole or not there.</summary>
internal static class WholeFile
{
    /// <summary>Writes beside <paramref name="path"/>, flushes to the disk and renames; if anything fails, an older file stays as it was.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, params ReadOnlySpan<byte[]> parts)
    {
        var all = parts.ToArray();
        Write(path, stream =>
        {
            foreach (var part in all)
                stream.Write(part);
        });
    }

    /// <summary>The same for what is written piece by piece.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes it.</param>
    /// <param name="beside">The folder for what is not whole yet, on the same disk; null: the file's own.</param>
    /// <param name="overwrite">Whether an older file may go.</param>
    /// <exception cref="IOException">The file cannot be written, or is there and may not go.</exception>
    public static void Write(string path, Action<Stream> write, string? beside = null, bool overwrite = true)
    {
        var temporary = Path.Combine(beside ?? Path.GetDirectoryName(Path.GetFullPath(path))!, $".{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
