using System.Buffers.Binary;
using System.IO.Hashing;
using Ddpm.Formats;

namespace Ddpm;

/// <summary>
/// The first bytes of a file of kept images, little-endian: the mark "ddpmimgs"; version, C, H, W, number of images and width of their embeddings,
/// four bytes each; length of the table at the end, eight; its checksum; nothing; and the checksum of all that.
/// </summary>
/// <param name="Shape">C, H, W.</param>
/// <param name="Count">Images.</param>
/// <param name="EmbeddingWidth">0: no embeddings.</param>
/// <param name="TableLength">Bytes.</param>
/// <param name="TableChecksum">Of them.</param>
internal sealed record CacheHeader(ImageShape Shape, int Count, int EmbeddingWidth, long TableLength, uint TableChecksum)
{
    internal const int Length = 64;
    private const int Version = 1, Checked = Length - sizeof(uint);

    private static ReadOnlySpan<byte> Mark => "ddpmimgs"u8;

    /// <summary>Bytes of one image and its embedding.</summary>
    internal long Record => Shape.Values + (long)sizeof(float) * EmbeddingWidth;

    /// <summary>Where the table begins.</summary>
    internal long TableStart => Length + Count * Record;

    /// <summary>Whether a file begins with the mark.</summary>
    internal static bool IsCache(string path)
    {
        using var file = RandomAccessFile.Open(path);
        Span<byte> mark = stackalloc byte[Mark.Length];
        if (file.Length < mark.Length)
            return false;
        file.Read(0, mark);
        return mark.SequenceEqual(Mark);
    }

    /// <exception cref="DataFormatException">It is none, of another version or damaged.</exception>
    internal static CacheHeader Read(RandomAccessFile file)
    {
        var bytes = new byte[Length];
        file.Read(0, bytes);
        if (!bytes.AsSpan().StartsWith(Mark))
            throw new DataFormatException(
                file.Path, 0, "a file of kept images must begin with \"ddpmimgs\", but this is another file: delete it, or name another");
        Checksum.Expect(
            Crc32.HashToUInt32(bytes.AsSpan(0, Checked)), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(Checked)), file, 0);
        int Number(int place) => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(Mark.Length + sizeof(int) * place));
        if (Number(0) != Version)
            throw new DataFormatException(file.Path, Mark.Length, $"the version must be {Version}, but is {Number(0)}");
        var (c, h, w, count, width) = (Number(1), Number(2), Number(3), Number(4), Number(5));
        var length = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(32));
        if (c < 1 || h < 1 || w < 1 || count < 0 || width < 0 || length < 0 || length > Array.MaxLength || (Int128)c * h * w > Array.MaxLength)
            throw new DataFormatException(file.Path, Mark.Length, $"there must be images, but {count} of {c} x {h} x {w} are none");
        var header = new CacheHeader(new(c, h, w), count, width, length, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(40)));
        return header.TableStart + length == file.Length
            ? header
            : throw new DataFormatException(file.Path, null, $"the file must have {header.TableStart + length} bytes, but has {file.Length}");
    }

    internal byte[] ToBytes()
    {
        var bytes = new byte[Length];
        Mark.CopyTo(bytes);
        int[] numbers = [Version, Shape.Channels, Shape.Height, Shape.Width, Count, EmbeddingWidth];
        foreach (var (place, number) in numbers.Index())
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(Mark.Length + sizeof(int) * place), number);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), TableLength);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(40), TableChecksum);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(Checked), Crc32.HashToUInt32(bytes.AsSpan(0, Checked)));
        return bytes;
    }
}
