using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;

namespace Ddpm.Formats;

/// <summary>
/// The frame of a record in TensorFlow's record files, which TensorBoard's event files are: the number of bytes as a little-endian 64-bit number, the
/// masked checksum of these eight bytes, the bytes, and their masked checksum.
/// </summary>
internal static class RecordFrame
{
    /// <summary>Bytes before the content: the length and its checksum.</summary>
    internal const int HeadBytes = sizeof(ulong) + sizeof(uint);

    /// <summary>Bytes after the content: its checksum.</summary>
    internal const int TailBytes = sizeof(uint);

    private const uint Mask = 0xA282EAD8;

    /// <summary>The content in its frame.</summary>
    internal static byte[] Of(ReadOnlySpan<byte> content)
    {
        var record = new byte[HeadBytes + content.Length + TailBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(sizeof(ulong)), Masked(record.AsSpan(0, sizeof(ulong))));
        content.CopyTo(record.AsSpan(HeadBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(HeadBytes + content.Length), Masked(content));
        return record;
    }

    /// <summary>
    /// The checksum as it is stored: turned by 15 bits and moved by a constant, as the checksum of bytes that hold their own checksum tells little.
    /// </summary>
    internal static uint Masked(ReadOnlySpan<byte> bytes) => BitOperations.RotateRight(Checksum(bytes), 15) + Mask;

    /// <summary>CRC-32C (Castagnoli, polynomial 0x82F63B78, reflected).</summary>
    internal static uint Checksum(ReadOnlySpan<byte> bytes) => Crc32.HashToUInt32(Crc32ParameterSet.Crc32C, bytes);
}
