using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Ddpm.Tests.Data;

/// <summary>Makes files of level 5 by hand, in either byte order; written from the format's description, apart from the reader.</summary>
internal sealed class MatBytes(bool bigEndian = false)
{
    public byte[] File(params byte[][] elements)
    {
        var header = new byte[128];
        Encoding.ASCII.GetBytes("MATLAB 5.0 MAT-file, by hand").CopyTo(header, 0);
        Numbers<ushort>(0x0100).CopyTo(header, 124);
        (bigEndian ? "MI"u8 : "IM"u8).CopyTo(header.AsSpan(126));
        return [.. header, .. elements.SelectMany(element => element)];
    }

    /// <summary>A tag of eight bytes, the data, and zeros to a multiple of eight unless it is a matrix or compressed.</summary>
    public byte[] Element(uint type, byte[] data) =>
        [.. Numbers(type, (uint)data.Length), .. data, .. new byte[type is 14 or 15 ? 0 : -data.Length & 7]];

    /// <summary>An element of at most four bytes in eight.</summary>
    public byte[] Small(uint type, byte[] data) => [.. Numbers((uint)data.Length << 16 | type), .. data, .. new byte[4 - data.Length]];

    public byte[] Matrix(int kind, int[] dimensions, string name, params byte[][] contents) =>
        MatrixWithFlags((uint)kind, dimensions, name, contents);

    public byte[] MatrixWithFlags(uint flags, int[] dimensions, string name, params byte[][] contents) => Element(14,
    [
        .. Element(6, Numbers(flags, 0u)), .. Element(5, Numbers(dimensions)), .. Element(1, Encoding.ASCII.GetBytes(name)),
        .. contents.SelectMany(content => content),
    ]);

    public byte[] Compressed(byte[] element)
    {
        using var buffer = new MemoryStream();
        using (var zlib = new ZLibStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
            zlib.Write(element);
        return Element(15, buffer.ToArray());
    }

    public byte[] Numbers<T>(params T[] values) where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        var size = values.Length == 0 ? 0 : values[0].GetByteCount();
        var bytes = new byte[values.Length * size];
        for (var i = 0; i < values.Length; i++)
            _ = bigEndian ? values[i].WriteBigEndian(bytes, i * size) : values[i].WriteLittleEndian(bytes, i * size);
        return bytes;
    }

    public byte[] Doubles(params double[] values) => Numbers(Array.ConvertAll(values, BitConverter.DoubleToUInt64Bits));

    public byte[] Floats(params float[] values) => Numbers(Array.ConvertAll(values, BitConverter.SingleToUInt32Bits));
}
