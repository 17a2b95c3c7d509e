namespace Ddpm.Formats;

/// <summary>
/// A stretch of a file as a stream. Its last byte is given alone, and what is asked for after it is noted, so that it can be told whether what
/// decodes the stream ended with it, before or not yet.
/// </summary>
/// <param name="file">The file, which may be read on other threads too.</param>
/// <param name="start">Where the stretch begins.</param>
/// <param name="length">How long it is.</param>
/// <param name="piece">The most bytes given at once.</param>
internal sealed class FileStretch(RandomAccessFile file, long start, long length, int piece = int.MaxValue) : ForwardStream
{
    private const int AheadBytes = 4096;
    private readonly long end = start + length;
    private readonly byte[] ahead = new byte[piece < AheadBytes ? (int)Math.Min(AheadBytes, length) : 0];
    private int next, filled;

    /// <summary>How many bytes were not yet given.</summary>
    internal long Left { get; private set; } = length;

    /// <summary>How many bytes were given at last.</summary>
    internal int Last { get; private set; }

    /// <summary>Whether more was asked for than there is.</summary>
    internal bool IsExceeded { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
            return 0;
        IsExceeded |= Left == 0;
        var count = (int)Math.Min(Math.Min(buffer.Length, piece), Left > 1 ? Left - 1 : Left);
        Fetch(buffer[..count]);
        Left -= count;
        Last = count > 0 ? count : Last;
        return count;
    }

    // Small pieces come from a buffer.
    private void Fetch(Span<byte> bytes)
    {
        if (ahead.Length == 0)
        {
            file.Read(end - Left, bytes);
            return;
        }
        if (filled - next < bytes.Length)
        {
            (next, filled) = (0, (int)Math.Min(ahead.Length, Left));
            file.Read(end - Left, ahead.AsSpan(0, filled));
        }
        ahead.AsSpan(next, bytes.Length).CopyTo(bytes);
        next += bytes.Length;
    }
}
