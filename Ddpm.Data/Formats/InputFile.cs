namespace Ddpm.Formats;

/// <summary>Opens files to be read.</summary>
internal static class InputFile
{
    /// <summary>Opens a file that others may read meanwhile; whatever is missing, the exception is the same.</summary>
    internal static FileStream Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no file {path}.", path);
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
    }
}
