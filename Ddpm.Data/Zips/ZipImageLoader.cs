using Ddpm.Formats;
using Ddpm.Imaging;

namespace Ddpm;

/// <summary>Decodes images of a zip file, on several threads at once, in bounded memory: nothing is unpacked to disk.</summary>
/// <param name="file">The zip file.</param>
/// <param name="shape">What every image becomes.</param>
/// <param name="fit">What becomes of other proportions.</param>
/// <param name="codec">Decodes.</param>
internal sealed class ZipImageLoader(RandomAccessFile file, ImageShape shape, ImageFit fit, IImageCodec codec)
{
    private const long SpareBytes = 64 << 20;

    private readonly long most = 2 * file.Length + SpareBytes;
    private readonly PixelBudget pixels = new(), bytes = new(2 * file.Length + SpareBytes);

    /// <summary>Decodes one image and brings it to the shape.</summary>
    /// <param name="record">The image's file.</param>
    /// <param name="destination">C · H · W bytes.</param>
    /// <param name="cancellationToken">Looked at while there is no memory for it.</param>
    /// <exception cref="DataFormatException">It is no image, damaged or too large.</exception>
    internal void Load(ZipRecord record, Memory<byte> destination, CancellationToken cancellationToken)
    {
        var name = $"{file.Path}/{record.Name}";
        if (record.Length is 0 || record.Length > most)
            throw new DataFormatException(name, null, $"it must be an image of at most {most} bytes, but has {record.Length}");
        bytes.Take(record.Length, cancellationToken);
        try
        {
            using var stream = new ZipRecordStream(file, record);
            ImageFile.Load(stream, record.Length, name, destination, shape, fit, codec, pixels, cancellationToken);
        }
        finally
        {
            bytes.Return(record.Length);
        }
    }
}
