namespace Ddpm.Formats;

/// <summary>
/// A file open for reading at any place. It is read, not mapped: a mapping adds the file's pages to the process's memory, and ends the process
/// if somebody cuts the file short.
/// </summary>
internal sealed class RandomAccessFile : IDisposable
{
    private readonly FileStream stream;

    private RandomAccessFile(string path, FileStream stream) => (Path, this.stream, Length) = (path, stream, stream.Length);

    internal string Path { get; }

    internal long Length { get; }

    internal static RandomAccessFile Open(string path) => new(path, InputFile.Open(path));

    /// <summary>Fills all of <paramref name="bytes"/>.</summary>
    internal void Read(long offset, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var read = RandomAccess.Read(stream.SafeFileHandle, bytes, offset);
            if (read == 0)
                throw new DataFormatException(Path, offset, $"{bytes.Length} more bytes are needed, but the file ends here");
            offset += read;
            bytes = bytes[read..];
        }
    }

    public void Dispose() => stream.Dispose();
}
