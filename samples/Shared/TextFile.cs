using System.Text;

namespace Ddpm.Samples;

/// <summary>Writes text files that are either whole or not there.</summary>
internal static class TextFile
{
    /// <summary>Writes beside <paramref name="path"/>, flushes to the disk and renames; if anything fails, an older file stays as it was.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, string text) => WholeFile.Write(path, Encoding.UTF8.GetBytes(text));
}
