using System.Buffers.Binary;
using System.IO.Hashing;

namespace Ddpm.Formats;

/// <summary>
/// The content of a gzip file (RFC 1952), decompressed as it is read: one member or several in a row. The checksum and the length of each are
/// checked when its end is reached, and nothing else may follow.
/// </summary>
internal sealed class GzipInput : ForwardStream
{
    // What decompresses may be given more than the member has; among so few bytes, its end is found by the checksum and the length that follow it.
    private const int Piece = 8, TrailerBytes = 8, FixedHeader = 10, MaxHeader = 4096, MaxMembers = 10_000;
    private const byte HasCrc = 2, HasExtra = 4, HasName = 8, HasComment = 16, Reserved = 0xE0;

    private readonly RandomAccessFile file;
    private FileStretch stored = null!;
    private Inflater? member;
    private readonly Crc32 crc = new();
    private long start, length;
    private int members;

    internal GzipInput(RandomAccessFile file)
    {
        this.file = file;
        Begin(0);
    }

    private static ReadOnlySpan<byte> Mark => [0x1F, 0x8B, 8];

    internal static bool IsGzip(ReadOnlySpan<byte> start) => start.StartsWith(Mark);

    public override int Read(Span<byte> buffer)
    {
        while (!buffer.IsEmpty && member is not null)
        {
            var count = member.Read(buffer);
            if (count > 0)
            {
                crc.Append(buffer[..count]);
                length += count;
                return count;
            }
            var end = FindEnd();
            member.Dispose();
            member = null;
            if (end < file.Length)
                Begin(end);
        }
        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            member?.Dispose();
        base.Dispose(disposing);
    }

    private void Begin(long at)
    {
        start = at;
        if (++members > MaxMembers)
            throw Refuse($"a gzip file may have {MaxMembers} members");
        var input = new FileCursor(file, at, Math.Min(file.Length, at + MaxHeader));
        input.Begin();
        var header = input.Take(FixedHeader);
        var flags = header[3];
        if ((flags & Reserved) != 0)
            throw Refuse($"a gzip member must have known flags, but has {flags:X2}");
        if ((flags & HasExtra) != 0)
            input.Take(input.UInt16());
        foreach (var text in new[] { HasName, HasComment })
            while ((flags & text) != 0 && input.Byte() != 0)
            {
            }
        if ((flags & HasCrc) != 0)
            input.Take(2);
        stored = new FileStretch(file, input.Position, file.Length - input.Position, Piece);
        member = new Inflater(stored, (rule, inner) => Refuse(rule, inner));
        crc.Reset();
        length = 0;
    }

    // The compressed bytes ended in the piece given last; there, the checksum and the length must follow.
    private long FindEnd()
    {
        if (stored.IsExceeded)
            throw Refuse("the compressed data end before they are complete");
        Span<byte> expected = stackalloc byte[TrailerBytes];
        var checksum = crc.GetCurrentHashAsUInt32();
        BinaryPrimitives.WriteUInt32LittleEndian(expected, checksum);
        BinaryPrimitives.WriteUInt32LittleEndian(expected[4..], unchecked((uint)length));
        var from = file.Length - stored.Left - stored.Last;
        var tail = new byte[(int)Math.Min(stored.Last + TrailerBytes + Mark.Length, file.Length - from)];
        file.Read(from, tail);
        long? end = null;
        for (var i = TrailerBytes; i <= tail.Length; i++)
        {
            var follows = tail.AsSpan(i);
            if (!tail.AsSpan(i - TrailerBytes, TrailerBytes).SequenceEqual(expected) || !(from + i == file.Length || follows.StartsWith(Mark)))
                continue;
            end = end is null ? from + i : throw Refuse("its end must be at one place");
        }
        return end ?? throw Refuse($"checksum {checksum:X8} and length {length} must follow the data, and then another member or the file's end");
    }

    private DataFormatException Refuse(string rule, Exception? inner = null) => new(file.Path, start, rule, inner);
}
