using System.Buffers.Binary;

namespace Ddpm.Formats;

/// <summary>An IDX file, plain or in gzip: one array, as MNIST's. Its content counts, not its extension.</summary>
internal static class IdxFile
{
    private const int MaxAxes = 8, SpareBytes = 64 << 20;

    // Deflate cannot do better than 1032 to 1; whoever declares more lies.
    private const long MaxRatio = 1032, RatioSlack = 1024;

    /// <summary>Begins to read a file: what the array is, and then its values.</summary>
    /// <param name="path">The file; it must not be changed while it is open.</param>
    /// <param name="maxBytes">The most bytes that may be decompressed; null for 2 x the file + 64 MB.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFormatException">The file breaks a rule of the format.</exception>
    internal static IdxInput Open(string path, long? maxBytes = null)
    {
        var file = RandomAccessFile.Open(path);
        Stream? bytes = null;
        try
        {
            Span<byte> start = stackalloc byte[3];
            start = start[..(int)Math.Min(start.Length, file.Length)];
            file.Read(0, start);
            var packed = GzipInput.IsGzip(start);
            bytes = packed ? new GzipInput(file) : new FileStretch(file, 0, file.Length);
            var form = ReadForm(path, bytes, out var header);
            var most = packed ? Math.Min(maxBytes ?? 2 * file.Length + SpareBytes, MaxRatio * file.Length + RatioSlack) : file.Length;
            if (form.Bytes is not { } length || length > most - header || (!packed && length != most - header))
                throw new DataFormatException(path, null, packed
                    ? $"the values of {form} must take at most the {most} bytes to which the file may grow by decompression"
                    : $"the values of {form} must fill the rest of the file, which is {most - header} bytes");
            return new IdxInput(file, new ArrayInput(path, "", 0, form, bytes), bytes);
        }
        catch
        {
            bytes?.Dispose();
            file.Dispose();
            throw;
        }
    }

    private static ArrayForm ReadForm(string path, Stream bytes, out int headerBytes)
    {
        Span<byte> header = stackalloc byte[4 + 4 * MaxAxes];
        Fill(path, bytes, header[..4]);
        NumberType? type = header[2] switch
        {
            0x08 => NumberType.UInt8,
            0x09 => NumberType.Int8,
            0x0B => NumberType.Int16,
            0x0C => NumberType.Int32,
            0x0D => NumberType.Single,
            0x0E => NumberType.Double,
            _ => null,
        };
        var axes = header[3];
        if (type is null || header[0] != 0 || header[1] != 0 || axes is < 1 or > MaxAxes)
            throw new DataFormatException(path, 0, "an IDX file must start with two zeros, a type (08, 09, 0B to 0E) and 1 to 8 axes, "
                + $"but this with {Convert.ToHexString(header[..4])}");
        headerBytes = 4 + 4 * axes;
        Fill(path, bytes, header[4..headerBytes]);
        var sizes = new long[axes];
        for (var axis = 0; axis < axes; axis++)
            sizes[axis] = BinaryPrimitives.ReadUInt32BigEndian(header[(4 + 4 * axis)..]);
        return new ArrayForm(type.Value, sizes, BigEndian: true, ColumnsFirst: false);
    }

    private static void Fill(string path, Stream bytes, Span<byte> header)
    {
        if (bytes.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length)
            throw new DataFormatException(path, 0, "an IDX file must have a type and sizes, but ends before");
    }
}
