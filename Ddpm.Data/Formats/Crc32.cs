using System.Buffers.Binary;

namespace Ddpm;

/// <summary>The checksum of zip files (polynomial 0xEDB88320, reflected), eight bytes at a time.</summary>
internal struct Crc32()
{
    private const int Slices = 8, BufferBytes = 1 << 16;
    private static readonly uint[] Table = NewTable();
    private uint state = uint.MaxValue;

    public readonly uint Value => ~state;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<uint> table = Table;
        var crc = state;
        for (; bytes.Length >= Slices; bytes = bytes[Slices..])
        {
            var low = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = table[7 * 256 + (byte)low] ^ table[6 * 256 + (byte)(low >> 8)] ^ table[5 * 256 + (byte)(low >> 16)] ^ table[4 * 256 + (int)(low >> 24)]
                ^ table[3 * 256 + (byte)high] ^ table[2 * 256 + (byte)(high >> 8)] ^ table[256 + (byte)(high >> 16)] ^ table[(int)(high >> 24)];
        }
        foreach (var value in bytes)
            crc = table[(byte)crc ^ value] ^ (crc >> 8);
        state = crc;
    }

    /// <summary>Refuses bytes that do not have the checksum which the file says.</summary>
    /// <param name="expected">The checksum as the file says.</param>
    /// <param name="file">The file.</param>
    /// <param name="start">Where the bytes begin.</param>
    internal readonly void Expect(uint expected, RandomAccessFile file, long start)
    {
        if (Value != expected)
            throw new DataFormatException(file.Path, start, $"the bytes from here on must have checksum {expected:X8}, but have {Value:X8}: they are damaged");
    }

    /// <summary>Reads a stretch of a file to check it.</summary>
    internal static void Check(RandomAccessFile file, long start, long length, uint expected)
    {
        var crc = new Crc32();
        var buffer = new byte[(int)Math.Min(BufferBytes, length)];
        for (long done = 0; done < length; done += buffer.Length)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - done));
            file.Read(start + done, part);
            crc.Add(part);
        }
        crc.Expect(expected, file, start);
    }

    // Entry s * 256 + b: what byte b does to the remainder when s more bytes follow it.
    private static uint[] NewTable()
    {
        var table = new uint[Slices * 256];
        for (uint value = 0; value < 256; value++)
        {
            var crc = value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
            table[value] = crc;
        }
        for (var i = 256; i < table.Length; i++)
            table[i] = table[(byte)table[i - 256]] ^ table[i - 256] >> 8;
        return table;
    }
}
