using System.Buffers.Binary;

namespace Ddpm.Formats;

/// <summary>The end of a zip file: where its directory lies and how many records it lists. One disk, and nothing after it but a comment.</summary>
internal sealed class ZipEnd
{
    private const int EndBytes = 22, LocatorBytes = 20, End64Bytes = 56, MaxComment = ushort.MaxValue;
    private const uint EndMark = 0x06054B50, LocatorMark = 0x07064B50, End64Mark = 0x06064B50;

    private readonly RandomAccessFile file;

    internal ZipEnd(RandomAccessFile file)
    {
        this.file = file;
        var (end, at) = FindEnd();
        var (records, size, start) = (UInt16(end, 10), UInt32(end, 12), UInt32(end, 16));
        if (UInt16(end, 4) != 0 || UInt16(end, 6) != 0 || UInt16(end, 8) != records)
            throw new DataFormatException(file.Path, at, "a zip file must be on one disk");
        (Records, DirectoryStart, DirectoryEnd) = (records, start, at);
        if (at >= LocatorBytes + End64Bytes && UInt32(Bytes(at - LocatorBytes, LocatorBytes), 0) == LocatorMark)
            ReadEnd64(at - LocatorBytes, records, size, start);
        else if (start + (long)size != at)
            throw new DataFormatException(file.Path, at, $"the zip directory must end here, but has {size} bytes from {start}");
    }

    internal long Records { get; private set; }

    internal long DirectoryStart { get; private set; }

    internal long DirectoryEnd { get; private set; }

    // The record nearest to the end of the file whose comment ends there.
    private (byte[] Bytes, long At) FindEnd()
    {
        var tail = Bytes(Math.Max(0, file.Length - EndBytes - MaxComment), (int)Math.Min(file.Length, EndBytes + MaxComment));
        for (var i = tail.Length - EndBytes; i >= 0; i--)
            if (UInt32(tail, i) == EndMark && i + EndBytes + UInt16(tail, i + 20) == tail.Length)
                return (tail[i..(i + EndBytes)], file.Length - tail.Length + i);
        throw new DataFormatException(file.Path, file.Length, "a zip file must end with its directory's end; this one is cut short or none");
    }

    private void ReadEnd64(long locatorAt, ushort records, uint size, uint start)
    {
        var (locator, at) = (Bytes(locatorAt, LocatorBytes), locatorAt - End64Bytes);
        var end = Bytes(at, End64Bytes);
        if (UInt32(locator, 4) != 0 || UInt64(locator, 8) != (ulong)at || UInt32(locator, 16) != 1
            || UInt32(end, 0) != End64Mark || UInt64(end, 4) != End64Bytes - 12 || UInt32(end, 16) != 0 || UInt32(end, 20) != 0)
            throw new DataFormatException(file.Path, at, "the zip64 end of the directory must lie here, for one disk and in 56 bytes");
        var (records64, size64, start64) = (UInt64(end, 32), UInt64(end, 40), UInt64(end, 48));
        if (UInt64(end, 24) != records64
            || (records != ushort.MaxValue && records != records64)
            || (size != uint.MaxValue && size != size64)
            || (start != uint.MaxValue && start != start64))
            throw new DataFormatException(file.Path, at, "the zip64 end of the directory must agree with the other one");
        if (size64 > (ulong)at || start64 != (ulong)at - size64)
            throw new DataFormatException(file.Path, at, $"the zip directory must end here, but has {size64} bytes from {start64}");
        (Records, DirectoryStart, DirectoryEnd) = ((long)Math.Min(records64, long.MaxValue), (long)start64, at);
    }

    private byte[] Bytes(long offset, int count)
    {
        var bytes = new byte[count];
        file.Read(offset, bytes);
        return bytes;
    }

    private static ushort UInt16(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private static uint UInt32(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));

    private static ulong UInt64(byte[] bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
}
