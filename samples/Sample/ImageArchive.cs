using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Ddpm.Samples;

/// <summary>
/// Images in a file of NumPy as guided-diffusion writes and reads them: arr_0, uint8 [N, H, W, C], and with classes arr_1, int64 [N]. Stored, so that
/// the same images always give the same bytes; written and read piece by piece, so that memory does not grow with their number.
/// </summary>
internal static class ImageArchive
{
    private const int Alignment = 64, Start = 10;
    private const string Images = "arr_0.npy", Labels = "arr_1.npy";

    // What zip files begin to count at.
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes a file.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="count">N.</param>
    /// <param name="shape">C, H, W.</param>
    /// <param name="images">Writes the values of arr_0.</param>
    /// <param name="labels">N of them; null: there are none.</param>
    public static void Write(Stream stream, int count, ImageShape shape, Action<Stream> images, IEnumerable<int>? labels)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        Add(Images, Header(count, shape), images);
        if (labels is not null)
            Add(Labels, Header("<i8", $"{count},"), to =>
            {
                Span<byte> bytes = stackalloc byte[8];
                foreach (var label in labels)
                {
                    BinaryPrimitives.WriteInt64LittleEndian(bytes, label);
                    to.Write(bytes);
                }
            });

        void Add(string name, byte[] header, Action<Stream> write)
        {
            var entry = zip.CreateEntry(name, CompressionLevel.NoCompression);
            entry.LastWriteTime = NoTime;
            using var to = entry.Open();
            to.Write(header);
            write(to);
        }
    }

    /// <summary>Copies the values of arr_0 out of a file that <see cref="Write"/> made.</summary>
    /// <exception cref="DataFormatException">It is of other images.</exception>
    public static void CopyImages(string path, int count, ImageShape shape, Stream destination)
    {
        try
        {
            using var zip = ZipFile.OpenRead(path);
            var expected = Header(count, shape);
            using var from = (zip.GetEntry(Images) ?? throw new InvalidDataException($"there is no {Images}")).Open();
            var header = new byte[expected.Length];
            from.ReadExactly(header);
            if (!header.AsSpan().SequenceEqual(expected))
                throw new InvalidDataException($"{Images} must be of {count} images of {shape}");
            var buffer = new byte[1 << 16];
            for (var left = count * shape.Values; left > 0;)
            {
                var some = buffer.AsSpan(0, (int)Math.Min(buffer.Length, left));
                from.ReadExactly(some);
                destination.Write(some);
                left -= some.Length;
            }
        }
        catch (Exception fault) when (fault is InvalidDataException or EndOfStreamException)
        {
            throw new DataFormatException(path, null, fault.Message.TrimEnd('.'), fault);
        }
    }

    /// <summary>C planes of H rows become rows of pixels.</summary>
    public static byte[] Interleaved(ReadOnlySpan<byte> image, int channels)
    {
        var (pixels, interleaved) = (image.Length / channels, new byte[image.Length]);
        for (var c = 0; c < channels; c++)
            for (var i = 0; i < pixels; i++)
                interleaved[i * channels + c] = image[c * pixels + i];
        return interleaved;
    }

    private static byte[] Header(int count, ImageShape shape) => Header("|u1", $"{count}, {shape.Height}, {shape.Width}, {shape.Channels}");

    // Padded, so that the values are aligned.
    private static byte[] Header(string type, string sizes)
    {
        var text = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({sizes}), }}";
        text = text.PadRight((text.Length + Start + Alignment) / Alignment * Alignment - Start - 1) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, (byte)(text.Length >> 8), .. Encoding.ASCII.GetBytes(text)];
    }
}
