using System.IO.Hashing;
using System.Text;

namespace Ddpm.Tests.Data;

/// <summary>A record of a zip file to be made by hand; what is null is as it should be.</summary>
internal sealed record ZipBytes(string Name, byte[] Bytes)
{
    public ushort Flags { get; init; } = 0x0808;

    public ushort Method { get; init; }

    public uint? Crc { get; init; }

    public uint? Size { get; init; }

    public uint? StoredSize { get; init; }

    public uint? HeaderOffset { get; init; }

    public ushort Disk { get; init; }

    public byte[] CentralExtra { get; init; } = [];

    public byte[] LocalExtra { get; init; } = [];

    public string? LocalName { get; init; }

    public ushort? LocalFlags { get; init; }

    /// <summary>Checksum and both sizes in the record's own header; zeros as PyTorch writes them.</summary>
    public uint[] Local { get; init; } = [0, 0, 0];

    /// <summary>A zip file of these records. <paramref name="end"/> may change what its end says: records, size and start of the directory.</summary>
    internal static byte[] File(
        IEnumerable<ZipBytes> records, Func<uint[], uint[]>? end = null, string comment = "", bool zip64 = false, byte[]? before = null)
    {
        var file = new MemoryStream();
        file.Write(before ?? []);
        Write(file, records, end, comment, zip64);
        return file.ToArray();
    }

    /// <summary>The same, into a stream.</summary>
    internal static void Write(Stream file, IEnumerable<ZipBytes> records, Func<uint[], uint[]>? end = null, string comment = "", bool zip64 = false)
    {
        var (directory, count) = (new MemoryStream(), 0u);
        foreach (var record in records)
        {
            record.Write(file, directory);
            count++;
        }
        var start = (uint)file.Position;
        directory.WriteTo(file);
        var said = new[] { count, (uint)directory.Length, start };
        said = end?.Invoke(said) ?? said;
        if (zip64)
            WriteEnd64(file, said);
        var shown = zip64 ? [ushort.MaxValue, uint.MaxValue, uint.MaxValue] : said;
        file.Write([.. "PK\x05\x06"u8, .. U16(0, 0, shown[0], shown[0]), .. U32(shown[1], shown[2]), .. U16((uint)comment.Length)]);
        file.Write(Encoding.ASCII.GetBytes(comment));
    }

    /// <summary>A file and what is to be said of it.</summary>
    internal static TestCaseData Case(string name, string message, params ZipBytes[] records) =>
        new TestCaseData(File(records), message).SetArgDisplayNames(name);

    internal static byte[] U16(params uint[] values) => [.. values.SelectMany(value => BitConverter.GetBytes((ushort)value))];

    internal static byte[] U32(params uint[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    internal static byte[] U64(params ulong[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    internal static uint Checksum(byte[] bytes) => Crc32.HashToUInt32(bytes);

    private void Write(Stream file, MemoryStream directory)
    {
        var at = (uint)file.Position;
        var (name, localName) = (Encoding.UTF8.GetBytes(Name), Encoding.UTF8.GetBytes(LocalName ?? Name));
        var crc = Crc ?? Checksum(Bytes);
        file.Write([.. "PK\x03\x04"u8, .. U16(0, LocalFlags ?? Flags, Method, 0, 0), .. U32(Local)]);
        file.Write([.. U16((uint)localName.Length, (uint)LocalExtra.Length), .. localName, .. LocalExtra, .. Bytes]);
        if ((Flags & 8) != 0)
            file.Write([.. "PK\x07\x08"u8, .. U32(crc, (uint)Bytes.Length, (uint)Bytes.Length)]);
        directory.Write([.. "PK\x01\x02"u8, .. U16(0, 0, Flags, Method, 0, 0)]);
        directory.Write(U32(crc, StoredSize ?? (uint)Bytes.Length, Size ?? (uint)Bytes.Length));
        directory.Write([.. U16((uint)name.Length, (uint)CentralExtra.Length, 0, Disk, 0), .. U32(0, HeaderOffset ?? at), .. name, .. CentralExtra]);
    }

    private static void WriteEnd64(Stream file, uint[] said)
    {
        var at = (ulong)file.Position;
        file.Write([.. "PK\x06\x06"u8, .. U64(44), .. U16(0, 0), .. U32(0, 0), .. U64(said[0], said[0], said[1], said[2])]);
        file.Write([.. "PK\x06\x07"u8, .. U32(0), .. U64(at), .. U32(1)]);
    }
}
