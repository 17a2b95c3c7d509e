using System.IO.Compression;
using System.Text;

namespace Ddpm.Tests.Data.Numpy;

/// <summary>NumPy's files made by hand.</summary>
internal static class NpyBytes
{
    /// <summary>An array of format 1.0 with this header, whatever it says.</summary>
    internal static byte[] Of(string header, byte[] values) =>
        [0x93, .. "NUMPY"u8, 1, 0, .. BitConverter.GetBytes((ushort)(header.Length + 1)), .. Encoding.Latin1.GetBytes(header), (byte)'\n', .. values];

    /// <summary>An array of bytes.</summary>
    internal static byte[] Bytes(int[] sizes, byte[] values, bool columnsFirst = false) => Of(
        $"{{'descr': '|u1', 'fortran_order': {(columnsFirst ? "True" : "False")}, 'shape': ({string.Concat(sizes.Select(size => $"{size}, "))}), }}",
        values);

    internal static byte[] Deflate(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var stream = new DeflateStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            stream.Write(bytes);
        return packed.ToArray();
    }

    /// <summary>A deflated record of a zip file, whose flags say that nothing follows it; what is null is as it should be.</summary>
    internal static ZipBytes Deflated(string name, byte[] content, byte[]? packed = null, uint? size = null, uint? crc = null)
    {
        packed ??= Deflate(content);
        var (length, checksum) = (size ?? (uint)content.Length, crc ?? ZipBytes.Checksum(content));
        return new(name, packed)
        {
            Method = 8,
            Flags = 0,
            Crc = checksum,
            Size = length,
            StoredSize = (uint)packed.Length,
            Local = [checksum, (uint)packed.Length, length],
        };
    }
}
