using System.Text;

namespace Ddpm.Formats;

/// <summary>SHA256SUMS: the files of a checkpoint with their hashes, as the command <c>sha256sum</c> writes and checks them.</summary>
internal static class CheckpointListing
{
    internal const string Name = "SHA256SUMS";

    /// <summary>Files in a checkpoint, at most.</summary>
    internal const int MaxFiles = 1000;

    private const int HashDigits = 64, Gap = 2, MaxBytes = MaxFiles * 256;

    /// <summary>The listing's bytes: one line a file, in the order of the names' characters.</summary>
    internal static byte[] Of(IEnumerable<(string Name, string Hash)> files) => Encoding.ASCII.GetBytes(string.Concat(
        files.OrderBy(file => file.Name, StringComparer.Ordinal).Select(file => $"{file.Hash}  {file.Name}\n")));

    /// <summary>Reads a listing, which must be to the byte what <see cref="Of"/> makes of what is read.</summary>
    /// <exception cref="DataFormatException">It is another.</exception>
    internal static IReadOnlyList<(string Name, string Hash)> Read(string path)
    {
        using var file = InputFile.Open(path);
        if (file.Length is 0 or > MaxBytes)
            throw new DataFormatException(path, null, $"a listing must have 1 to {MaxBytes} bytes, but has {file.Length}");
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var text = Encoding.Latin1.GetString(bytes);
        var files = new List<(string, string)>();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            if (end < start + HashDigits + Gap)
                throw new DataFormatException(path, start, "a line must be a hash, two spaces and a name, and end");
            files.Add((text[(start + HashDigits + Gap)..end], text[start..(start + HashDigits)]));
            start = end + 1;
        }
        var expected = Of(files);
        var same = bytes.AsSpan().CommonPrefixLength(expected);
        if (same < bytes.Length)
            throw new DataFormatException(path, same, "lines must be hashes, two spaces and names in the order of their characters, each in ASCII");
        return files;
    }
}
