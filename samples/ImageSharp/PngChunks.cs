using System.Buffers.Binary;

namespace Ddpm.Samples;

/// <summary>
/// A PNG file without what a decoder can do without. ImageSharp inflates compressed text without a limit: a file of 300 kB took 4 GB and 20 seconds.
/// </summary>
internal static class PngChunks
{
    private const int Overhead = 12;

    private static ReadOnlySpan<byte> Mark => [0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];

    /// <summary>The file with its critical chunks, its transparency (tRNS) and its orientation (eXIf); any other file as it is.</summary>
    /// <param name="file">All of it, or its beginning.</param>
    public static byte[] Reduced(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith(Mark))
            return file.ToArray();
        var kept = new MemoryStream(file.Length);
        kept.Write(Mark);
        for (var rest = file[Mark.Length..]; !rest.IsEmpty;)
        {
            var length = rest.Length >= 8 ? BinaryPrimitives.ReadUInt32BigEndian(rest) : uint.MaxValue;
            var chunk = rest[..(int)Math.Min(rest.Length, (long)length + Overhead)];
            // The names of critical chunks begin with a capital letter.
            if (chunk.Length < 8 || char.IsAsciiLetterUpper((char)chunk[4])
                || chunk[4..8].SequenceEqual("tRNS"u8) || chunk[4..8].SequenceEqual("eXIf"u8))
                kept.Write(chunk);
            rest = rest[chunk.Length..];
        }
        return kept.ToArray();
    }
}
