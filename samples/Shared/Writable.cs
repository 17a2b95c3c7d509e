namespace Ddpm.Samples;

/// <summary>Finds out whether something can be written, before hours are spent on it: writes a few bytes there and takes them away again.</summary>
internal static class Writable
{
    /// <summary>A file in a folder that may have to be made.</summary>
    /// <exception cref="ArgumentException">It cannot be written; the message names the flag and the reason.</exception>
    public static void File(string flag, string path)
    {
        var full = Path.GetFullPath(path);
        Try(flag, path, Path.GetDirectoryName(full)!, System.IO.File.Exists(full) ? null : full);
    }

    /// <summary>Files in a folder that may have to be made.</summary>
    /// <inheritdoc cref="File"/>
    public static void Folder(string flag, string path) => Try(flag, path, Path.GetFullPath(path), null);

    private static void Try(string flag, string path, string folder, string? file)
    {
        string[] missing = [.. Missing(folder)];
        try
        {
            Directory.CreateDirectory(folder);
            using var trial = new FileStream(file ?? Path.Combine(folder, $".{Guid.NewGuid():N}.tmp"), new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Options = FileOptions.DeleteOnClose,
            });
            trial.Write(new byte[4096]);
            trial.Flush(flushToDisk: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            var reason = missing.FirstOrDefault(System.IO.File.Exists) is { } inTheWay ? $"{inTheWay} is a file." : fault.Message;
            throw new ArgumentException($"{flag} must be a place that can be written, but is '{path}': {reason}", fault);
        }
        finally
        {
            foreach (var made in missing.Where(made => Directory.Exists(made) && !Directory.EnumerateFileSystemEntries(made).Any()))
                Directory.Delete(made);
        }
    }

    // From the innermost folder out.
    private static IEnumerable<string> Missing(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is { Exists: false }; at = at.Parent)
            yield return at.FullName;
    }
}
