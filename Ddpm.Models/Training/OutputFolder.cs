namespace Ddpm.Training;

/// <summary>A folder that long work will write to.</summary>
internal static class OutputFolder
{
    /// <summary>Makes the folder if it is not there, and tries to write into it.</summary>
    /// <exception cref="IOException">The folder cannot be made or written; the message names it.</exception>
    internal static void Prepare(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var trial = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
        try
        {
            Directory.CreateDirectory(folder);
            // A full disk lets an empty file be made.
            using var file = new FileStream(trial, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
            file.Write(new byte[4096]);
            file.Flush(flushToDisk: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The folder {folder} must be writable, but is not: {fault.Message}", fault);
        }
    }
}
