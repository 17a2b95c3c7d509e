using System.IO.Hashing;
using System.Text;
using Ddpm.Formats;

namespace Ddpm;

/// <summary>What stands behind the images: the fingerprint, class names, labels, and a checksum for every image and every embedding.</summary>
internal sealed record CacheTable(
    string Fingerprint, IReadOnlyList<string>? ClassNames, IReadOnlyList<int>? Labels, IReadOnlyList<uint> Checksums,
    IReadOnlyList<uint> OfEmbeddings)
{
    /// <exception cref="DataFormatException">It is damaged, or does not fit the header.</exception>
    internal static CacheTable Read(RandomAccessFile file, CacheHeader header)
    {
        var bytes = new byte[header.TableLength];
        file.Read(header.TableStart, bytes);
        Checksum.Expect(Crc32.HashToUInt32(bytes), header.TableChecksum, file, header.TableStart);
        try
        {
            using var stream = new MemoryStream(bytes);
            using var reader = new BinaryReader(stream, Encoding.UTF8);
            T[] All<T>(int count, int size, Func<T> read) => (long)count * size <= stream.Length - stream.Position
                ? [.. Enumerable.Range(0, count).Select(_ => read())]
                : throw new EndOfStreamException();
            var fingerprint = reader.ReadString();
            var names = reader.ReadBoolean() ? All(reader.ReadInt32(), 1, reader.ReadString) : null;
            var labels = reader.ReadBoolean() ? All(header.Count, sizeof(int), reader.ReadInt32) : null;
            var checksums = All(header.Count, sizeof(uint), reader.ReadUInt32);
            var ofEmbeddings = All(header.EmbeddingWidth > 0 ? header.Count : 0, sizeof(uint), reader.ReadUInt32);
            if (stream.Position != stream.Length)
                throw new FormatException($"{stream.Length - stream.Position} bytes are left over");
            if (labels is not null && Array.Exists(labels, label => label < 0 || label >= (names?.Length ?? int.MaxValue)))
                throw new FormatException("a label has no name");
            return new(fingerprint, names, labels, checksums, ofEmbeddings);
        }
        catch (Exception fault) when (fault is EndOfStreamException or FormatException or ArgumentException)
        {
            throw new DataFormatException(file.Path, header.TableStart, $"the table must be whole: {fault.Message.TrimEnd('.')}", fault);
        }
    }

    internal byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Fingerprint);
            writer.Write(ClassNames is not null);
            if (ClassNames is not null)
                writer.Write(ClassNames.Count);
            foreach (var name in ClassNames ?? [])
                writer.Write(name);
            writer.Write(Labels is not null);
            foreach (var label in Labels ?? [])
                writer.Write(label);
            foreach (var checksum in Checksums.Concat(OfEmbeddings))
                writer.Write(checksum);
        }
        return stream.ToArray();
    }
}
