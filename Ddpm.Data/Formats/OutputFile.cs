namespace Ddpm.Formats;

/// <summary>Writes files whose folder may be missing.</summary>
internal static class OutputFile
{
    /// <summary>Makes the folder and writes the file as <see cref="AtomicFile"/> does.</summary>
    internal static void Write(string path, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        AtomicFile.Write(path, stream => stream.Write(content));
    }
}
