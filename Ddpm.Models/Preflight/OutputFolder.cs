namespace Ddpm.Training;

/// <summary>A folder that long work will write to.</summary>
internal static class OutputFolder
{
    /// <summary>Makes the folder if it is not there, and tries to write into it.</summary>
    /// <exception cref="IOException">The folder cannot be made or written; the message names it.</exception>
    internal static void Prepare(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        try
        {
            Directory.CreateDirectory(folder);
            TryOut(folder);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The folder {folder} must be writable, but is not: {fault.Message}", fault);
        }
    }

    /// <summary>Why <see cref="Prepare"/> would refuse; null if it would not. Nothing is left behind.</summary>
    internal static string? WhyNotWritable(string folder)
    {
        string[] missing = [.. Missing(folder)];
        try
        {
            Prepare(folder);
            return null;
        }
        catch (Exception fault) when (fault is IOException or ArgumentException or NotSupportedException)
        {
            return fault.Message;
        }
        finally
        {
            foreach (var made in missing.Where(Directory.Exists))
                Directory.Delete(made);
        }
    }

    /// <summary>Bytes that are free where a folder is or will be; null where the system does not say.</summary>
    internal static long? Room(string folder)
    {
        try
        {
            var there = Missing(folder).LastOrDefault() is { } made ? Path.GetDirectoryName(made)! : Path.GetFullPath(folder);
            return new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(there)! : there).AvailableFreeSpace;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private static void TryOut(string folder)
    {
        var trial = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
        // A full disk lets an empty file be made.
        using var file = new FileStream(trial, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
        file.Write(new byte[4096]);
        file.Flush(flushToDisk: true);
    }

    // Folders that would have to be made, from the innermost out.
    private static IEnumerable<string> Missing(string folder)
    {
        if (folder.Length > 0)
            for (var at = new DirectoryInfo(folder); at is { Exists: false }; at = at.Parent)
                yield return at.FullName;
    }
}
