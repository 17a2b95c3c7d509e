using System.Buffers.Binary;
using System.Text;

namespace Ddpm.Formats;

/// <summary>A stretch of a file, read forward through a small buffer. What is left is checked before anything is allocated.</summary>
internal sealed class FileCursor
{
    internal static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private const int BufferBytes = 1 << 16;
    private readonly RandomAccessFile file;
    private readonly long end;
    private byte[] buffer;
    private int next, filled;
    private long loaded;

    /// <summary>Starts at <paramref name="start"/>; nothing from <paramref name="end"/> on is read.</summary>
    internal FileCursor(RandomAccessFile file, long start, long end)
    {
        (this.file, this.end, loaded, Place) = (file, end, start, start);
        buffer = new byte[(int)Math.Min(BufferBytes, end - start)];
    }

    /// <summary>Where the next byte lies in the file.</summary>
    internal long Position => loaded - (filled - next);

    internal long Left => end - Position;

    /// <summary>Where what is being read began, for messages.</summary>
    internal long Place { get; private set; }

    /// <summary>Says that something new begins here.</summary>
    internal void Begin() => Place = Position;

    internal byte Byte() => next < filled ? buffer[next++] : Take(1)[0];

    internal ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    internal uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    internal ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>The next bytes, valid until the next call.</summary>
    internal ReadOnlySpan<byte> Take(int count)
    {
        if (filled - next < count)
            Fill(count);
        next += count;
        return buffer.AsSpan(next - count, count);
    }

    /// <summary>The next bytes as strict UTF-8.</summary>
    internal string Text(int count)
    {
        try
        {
            return StrictUtf8.GetString(Take(count));
        }
        catch (DecoderFallbackException error)
        {
            throw Refuse("text must be UTF-8", error);
        }
    }

    internal void Skip(long count)
    {
        if (count < 0 || count > Left)
            throw Refuse($"{count} bytes are needed, but {Left} are left");
        (loaded, next, filled) = (Position + count, 0, 0);
    }

    internal DataFormatException Refuse(string rule, Exception? inner = null) => new(file.Path, Place, rule, inner);

    private void Fill(int count)
    {
        if (count > Left)
            throw Refuse($"{count} bytes are needed, but {Left} are left");
        var kept = filled - next;
        var target = count <= buffer.Length ? buffer : new byte[Math.Max(count, 2 * buffer.Length)];
        buffer.AsSpan(next, kept).CopyTo(target);
        var added = (int)Math.Min(target.Length - kept, end - loaded);
        file.Read(loaded, target.AsSpan(kept, added));
        (buffer, next, filled, loaded) = (target, 0, kept + added, loaded + added);
    }
}
