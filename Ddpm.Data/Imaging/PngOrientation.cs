using System.Buffers.Binary;

namespace Ddpm.Imaging;

/// <summary>How a PNG file says that its picture is to be shown: EXIF's tag 0x0112 in its eXIf chunk, which Skia does not look at.</summary>
internal static class PngOrientation
{
    private const int Signature = 8, ChunkStart = 8, ChunkEnd = 4, DirectoryEntry = 12, OrientationTag = 0x0112, Short = 3;

    /// <summary>1 to 8; 1, as stored, where nothing is said or what is said is damaged.</summary>
    internal static int Of(ReadOnlySpan<byte> png)
    {
        for (var rest = png[Math.Min(Signature, png.Length)..]; rest.Length >= ChunkStart;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - ChunkStart)
                return 1;
            if (rest.Slice(4, 4).SequenceEqual("eXIf"u8))
                return OfExif(rest.Slice(ChunkStart, (int)length));
            rest = rest[Math.Min(ChunkStart + (int)length + ChunkEnd, rest.Length)..];
        }
        return 1;
    }

    // The first directory of a TIFF file (EXIF 2.3, section 4.5), before which some programs leave the mark of JPEG.
    private static int OfExif(ReadOnlySpan<byte> exif)
    {
        if (exif.StartsWith("Exif\0\0"u8))
            exif = exif[6..];
        var big = exif.StartsWith("MM\0*"u8);
        if (exif.Length < 8 || (!big && !exif.StartsWith("II*\0"u8)))
            return 1;
        var start = big ? BinaryPrimitives.ReadUInt32BigEndian(exif[4..]) : BinaryPrimitives.ReadUInt32LittleEndian(exif[4..]);
        if (start > exif.Length - 2)
            return 1;
        var entries = exif[(int)start..];
        var count = UInt16(entries, big);
        entries = entries[2..];
        for (; count > 0 && entries.Length >= DirectoryEntry; count--, entries = entries[DirectoryEntry..])
            if (UInt16(entries, big) == OrientationTag)
                return UInt16(entries[2..], big) == Short && UInt16(entries[8..], big) is >= 1 and <= 8 and var orientation ? orientation : 1;
        return 1;
    }

    private static int UInt16(ReadOnlySpan<byte> bytes, bool big) =>
        big ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
}
