using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ddpm.Samples;

/// <summary>
/// A file of drawn images: 8 bytes of name, the fingerprint of what they follow from, the number of the first image, their count, C, H, W, the images
/// as bytes, and the SHA-256 of all that. A file that was cut off or changed is told from a whole one.
/// </summary>
internal sealed class SampleChunk(string fingerprint, ImageShape shape, int count)
{
    private const int HashBytes = 32, HeaderBytes = 8 + HashBytes + 8 + 4 * 4;

    /// <summary>Bytes of the images.</summary>
    public int Length { get; } = checked((int)(shape.Values * count));

    /// <summary>Writes images; the file is there whole or not at all.</summary>
    public void Write(string path, long first, byte[] images)
    {
        var header = Header(first);
        WholeFile.Write(path, header, images, Hash(header, images));
    }

    /// <summary>Reads images.</summary>
    /// <returns>null: there is no such file, or it is not whole, or not of these settings and images.</returns>
    public byte[]? Read(string path, long first)
    {
        if (!File.Exists(path) || new FileInfo(path).Length != HeaderBytes + (long)Length + HashBytes)
            return null;
        var all = File.ReadAllBytes(path);
        var (header, images, hash) = (all[..HeaderBytes], all[HeaderBytes..^HashBytes], all[^HashBytes..]);
        return header.AsSpan().SequenceEqual(Header(first)) && Hash(header, images).AsSpan().SequenceEqual(hash) ? images : null;
    }

    private byte[] Header(long first)
    {
        var header = new byte[HeaderBytes];
        "DDPMIMG1"u8.CopyTo(header);
        Convert.FromHexString(fingerprint).CopyTo(header, 8);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(8 + HashBytes), first);
        foreach (var (i, extent) in new[] { count, shape.Channels, shape.Height, shape.Width }.Index())
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16 + HashBytes + 4 * i), extent);
        return header;
    }

    private static byte[] Hash(byte[] header, byte[] images)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header);
        hash.AppendData(images);
        return hash.GetHashAndReset();
    }
}
