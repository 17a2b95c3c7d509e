using System.IO.Hashing;

namespace Ddpm.Formats;

/// <summary>CRC-32 of stretches of a file (polynomial 0xEDB88320, reflected), as zip files have them, and the caches of this library.</summary>
internal static class Checksum
{
    private const int BufferBytes = 1 << 16;

    /// <summary>Refuses bytes that do not have the checksum which the file says.</summary>
    /// <param name="actual">The checksum of the bytes.</param>
    /// <param name="expected">The checksum as the file says.</param>
    /// <param name="file">The file.</param>
    /// <param name="start">Where the bytes begin.</param>
    internal static void Expect(uint actual, uint expected, RandomAccessFile file, long start)
    {
        if (actual != expected)
            throw new DataFormatException(
                file.Path, start, $"the bytes from here on must have checksum {expected:X8}, but have {actual:X8}: they are damaged");
    }

    /// <summary>Reads a stretch of a file to check it.</summary>
    internal static void Check(RandomAccessFile file, long start, long length, uint expected)
    {
        var crc = new Crc32();
        var buffer = new byte[(int)Math.Min(BufferBytes, length)];
        for (long done = 0; done < length; done += buffer.Length)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - done));
            file.Read(start + done, part);
            crc.Append(part);
        }
        Expect(crc.GetCurrentHashAsUInt32(), expected, file, start);
    }
}
