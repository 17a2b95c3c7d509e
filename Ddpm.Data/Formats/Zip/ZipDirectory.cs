using System.Buffers.Binary;

namespace Ddpm.Formats;

/// <summary>
/// Lists the records of a zip file. Strict: what two readers might take differently is refused, so the directory and the records' own headers must
/// agree and records may not overlap. Nothing is decompressed or extracted.
/// </summary>
internal sealed class ZipDirectory
{
    private const int MaxRecords = 100_000, EntryBytes = 46, HeaderBytes = 30, Deflate = 8;
    private const uint EntryMark = 0x02014B50, HeaderMark = 0x04034B50;
    private const ushort SizesFollow = 0x0008, Zip64Extra = 1;

    // Deflate cannot do better than 1032 to 1; whoever declares more lies.
    private const ulong MaxRatio = 1032, RatioSlack = 1024;

    private readonly RandomAccessFile file;
    private readonly ZipRules rules;
    private readonly FileCursor directory;
    private readonly List<ZipRecord> records = [];
    private byte[] header = new byte[HeaderBytes + 256];

    private ZipDirectory(RandomAccessFile file, ZipRules rules)
    {
        (this.file, this.rules) = (file, rules);
        var end = new ZipEnd(file);
        directory = new FileCursor(file, end.DirectoryStart, end.DirectoryEnd);
        if (end.Records is 0 or > MaxRecords)
            throw directory.Refuse($"a zip file must have 1 to {MaxRecords} records, but has {end.Records}");
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (long i = 0; i < end.Records; i++)
        {
            var record = ReadEntry();
            if (!names.Add(record.Name))
                throw directory.Refuse($"record {Quote.Of(record.Name)} may occur only once");
            records.Add(record);
        }
        if (directory.Left != 0)
            throw directory.Refuse($"the zip directory has {directory.Left} bytes more than its {end.Records} records");
        CheckLayout(end.DirectoryStart);
    }

    /// <summary>Reads the directory and every record's header.</summary>
    internal static IReadOnlyList<ZipRecord> Read(RandomAccessFile file, ZipRules rules) => new ZipDirectory(file, rules).records;

    private ZipRecord ReadEntry()
    {
        directory.Begin();
        var fixedPart = directory.Take(EntryBytes);
        var (mark, flags, method) = (UInt32(fixedPart, 0), UInt16(fixedPart, 8), UInt16(fixedPart, 10));
        var crc = UInt32(fixedPart, 16);
        var (nameBytes, extraBytes, commentBytes) = (UInt16(fixedPart, 28), UInt16(fixedPart, 30), UInt16(fixedPart, 32));
        var disk = UInt16(fixedPart, 34);
        Span<ulong> sizes = [UInt32(fixedPart, 24), UInt32(fixedPart, 20), UInt32(fixedPart, 42)];    // whole, stored, header: as zip64 orders them
        if (mark != EntryMark)
            throw directory.Refuse("an entry of the zip directory must begin here");
        var name = directory.Text(nameBytes);
        CheckName(name);
        if (!Widen(directory.Take(extraBytes), sizes))
            throw directory.Refuse($"record {Quote.Of(name)} lacks its zip64 sizes");
        directory.Take(commentBytes);
        if ((flags & ~rules.Flags) != 0)
            throw directory.Refuse($"record {Quote.Of(name)} has flags 0x{flags:X4}: encrypted, patched and other special records are not supported");
        if (method is not (0 or Deflate) || (method == Deflate && !rules.Deflated) || (method == 0 && sizes[0] != sizes[1]))
            throw directory.Refuse($"record {Quote.Of(name)} must be {(rules.Deflated ? "stored or deflated" : "stored")}, "
                + $"but is compressed (method {method}, {sizes[1]} for {sizes[0]} bytes)");
        if (disk != 0 || sizes[2] > (ulong)file.Length || sizes[1] > (ulong)file.Length)
            throw directory.Refuse($"record {Quote.Of(name)} of {sizes[1]} bytes at {sizes[2]} must lie in this file");
        if (sizes[0] > MaxRatio * sizes[1] + (method == Deflate ? RatioSlack : 0))
            throw directory.Refuse($"record {Quote.Of(name)} of {sizes[1]} bytes cannot hold the {sizes[0]} that it declares");
        return ReadHeader(new ZipRecord(name, (long)sizes[2], 0, (long)sizes[0], crc, method == Deflate, (long)sizes[1]), flags, nameBytes);
    }

    // The header before the bytes must say what the directory says; its extra field shifts the bytes.
    private ZipRecord ReadHeader(ZipRecord record, ushort flags, int nameBytes)
    {
        var own = Header(record.HeaderOffset, HeaderBytes + nameBytes);
        var extraBytes = UInt16(own, 28);
        Span<ulong> sizes = [UInt32(own, 22), UInt32(own, 18)];
        if (UInt32(own, 0) != HeaderMark || UInt16(own, 6) != flags || UInt16(own, 8) != (record.IsDeflated ? Deflate : 0)
            || UInt16(own, 26) != nameBytes
            || !own[HeaderBytes..].SequenceEqual(FileCursor.StrictUtf8.GetBytes(record.Name)))
            throw Refuse(record, "must have the name, flags and method of the directory in its own header");
        var crc = UInt32(own, 14);
        var at = record.HeaderOffset + HeaderBytes + nameBytes;
        if ((flags & SizesFollow) == 0
            && (crc != record.Crc || !Widen(Header(at, extraBytes), sizes) || sizes[0] != (ulong)record.Length || sizes[1] != (ulong)record.Stored))
            throw Refuse(record, "must have the checksum and sizes of the directory in its own header");
        return record with { Offset = at + extraBytes };
    }

    private ReadOnlySpan<byte> Header(long at, int count)
    {
        if (header.Length < count)
            header = new byte[count];
        file.Read(at, header.AsSpan(0, count));
        return header.AsSpan(0, count);
    }

    private void CheckLayout(long directoryStart)
    {
        long free = 0;
        foreach (var record in records.OrderBy(record => record.HeaderOffset))
        {
            if (free == 0 && record.HeaderOffset != 0)
                throw Refuse(record, "is the first and must begin where the file does");
            if (record.HeaderOffset < free)
                throw Refuse(record, $"may not begin before byte {free}, where the one before it ends");
            if (record.Offset > directoryStart - record.Stored)
                throw Refuse(record, $"must end before the directory at byte {directoryStart}");
            free = record.Offset + record.Stored;
        }
    }

    // Sizes of FFFFFFFF stand for 64-bit ones in extra field 1; false if they are not there.
    private static bool Widen(ReadOnlySpan<byte> extra, Span<ulong> sizes)
    {
        if (!sizes.Contains(uint.MaxValue))
            return true;
        while (extra.Length >= 4 && UInt16(extra, 2) <= extra.Length - 4)
        {
            var id = UInt16(extra, 0);
            var field = extra.Slice(4, UInt16(extra, 2));
            extra = extra[(4 + field.Length)..];
            if (id != Zip64Extra)
                continue;
            foreach (ref var size in sizes)
            {
                if (size != uint.MaxValue)
                    continue;
                if (field.Length < 8)
                    return false;
                size = BinaryPrimitives.ReadUInt64LittleEndian(field);
                field = field[8..];
            }
            return true;
        }
        return false;
    }

    private void CheckName(string name)
    {
        var path = rules.Folders && name.EndsWith('/') ? name[..^1] : name;
        if (path.Split('/').Any(part => part is "" or "." or "..") || name.Any(character => character is '\\' or ':' || char.IsControl(character)))
            throw directory.Refuse($"{Quote.Of(name)} may not be the name of a record");
    }

    private DataFormatException Refuse(ZipRecord record, string rule) =>
        new(file.Path, record.HeaderOffset, $"record {Quote.Of(record.Name)} {rule}");

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint UInt32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
}
