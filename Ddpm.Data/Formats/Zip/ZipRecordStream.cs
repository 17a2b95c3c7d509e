using System.IO.Hashing;

namespace Ddpm.Formats;

/// <summary>
/// The bytes of a zip record, decompressed as they are read. With the last of them, the length and the checksum are compared with what the record
/// declares.
/// </summary>
internal sealed class ZipRecordStream : ForwardStream
{
    private readonly RandomAccessFile file;
    private readonly ZipRecord record;
    private readonly FileStretch stored;
    private readonly Stream bytes;
    private readonly Crc32 crc = new();
    private long left;

    internal ZipRecordStream(RandomAccessFile file, ZipRecord record)
    {
        (this.file, this.record, left) = (file, record, record.Length);
        stored = new FileStretch(file, record.Offset, record.Stored);
        bytes = record.IsDeflated ? new Inflater(stored, Refuse) : stored;
        if (left == 0)
            Finish();
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || left == 0)
            return 0;
        var count = bytes.Read(buffer[..(int)Math.Min(buffer.Length, left)]);
        if (count == 0)
            throw Refuse($"it must hold {record.Length} bytes, but holds {record.Length - left}");
        crc.Append(buffer[..count]);
        left -= count;
        if (left == 0)
            Finish();
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            bytes.Dispose();
        base.Dispose(disposing);
    }

    private void Finish()
    {
        if (record.IsDeflated && (bytes.Read(stackalloc byte[1]) > 0 || stored.Left > 0 || stored.IsExceeded))
            throw Refuse($"its {record.Stored} bytes must decompress to exactly the {record.Length} that it declares");
        if (crc.GetCurrentHashAsUInt32() is var actual && actual != record.Crc)
            throw Refuse($"its bytes must have checksum {record.Crc:X8}, but have {actual:X8}");
    }

    private DataFormatException Refuse(string rule, Exception? inner = null) =>
        new(file.Path, record.Offset, $"record {Quote.Of(record.Name)} is damaged: {rule}", inner);
}
