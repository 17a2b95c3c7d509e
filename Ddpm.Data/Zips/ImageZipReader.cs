using Ddpm.Formats;
using Ddpm.Imaging;

namespace Ddpm;

/// <summary>
/// Image files of a zip file, brought to one shape. Either they lie in no folder, or each lies in the folder of its class, whose name is the
/// folder's. A folder that holds all the rest is passed through. The order is that of the names, by character codes. Nothing is unpacked to disk.
/// </summary>
/// <remarks>
/// A folder without images is a class without images. Hidden files and folders are passed over, and so is what systems leave beside them, such as
/// <c>__MACOSX</c>. Refused are encrypted records, methods other than stored and deflated, names that lead out of the file, records that declare more
/// than they can hold, and files whose two directories disagree.
/// </remarks>
public sealed class ImageZipReader : IDatasetReader
{
    private readonly string path;
    private readonly ImageShape shape;
    private readonly ImageFit fit;
    private readonly IImageCodec codec;

    /// <summary>Says what to read; nothing is touched yet.</summary>
    /// <param name="path">The zip file. Files in it other than .png, .jpg, .jpeg, .bmp, .gif and .webp are passed over.</param>
    /// <param name="shape">What every image becomes: 1 channel (gray) or 3, H and W.</param>
    /// <param name="fit">What becomes of an image of other proportions.</param>
    /// <param name="codec">Decodes the images; null: <see cref="SkiaImageCodec"/>.</param>
    /// <exception cref="ArgumentException">The file has no name, the shape is none of a <see cref="Picture"/>, or the fit is none.</exception>
    public ImageZipReader(string path, ImageShape shape, ImageFit fit = ImageFit.Crop, IImageCodec? codec = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Picture.Check(shape);
        (this.path, this.shape, this.fit) = (path, shape, EnumArgument.Check(fit, nameof(fit), "The fit"));
        this.codec = codec ?? SkiaImageCodec.Default;
    }

    /// <summary>How many hidden files and folders the last <see cref="Read"/> passed over.</summary>
    public int PassedOver { get; private set; }

    /// <summary>How many files of other formats the last <see cref="Read"/> passed over.</summary>
    public int OtherFormats { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFormatException">
    /// It is no zip file or a damaged one, holds no image, images are broken (all are named), or together they are larger than the memory.
    /// </exception>
    public IImageDataset Read(IProgress<ReadingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using var file = RandomAccessFile.Open(path);
        var images = new ZipImages(path, ZipDirectory.Read(file, ZipRules.Archive));
        (PassedOver, OtherFormats) = (images.PassedOver, images.OtherFormats);
        var count = images.Images.Count;
        if (PixelBlocks.MemoryThatLacks(shape, count) is { } memory)
            throw new DataFormatException(path, null, $"images must fit into the memory of {memory} bytes, but there are {count} of {shape.Values}");
        var pixels = new PixelBlocks(shape, count);
        var loader = new ZipImageLoader(file, shape, fit, codec);
        var faults = BadFiles.Among(
            count, Environment.ProcessorCount, i => loader.Load(images.Images[i], pixels[i], cancellationToken), progress, cancellationToken);
        DataFormatException[] bad = [.. faults.OfType<DataFormatException>()];
        return bad.Length > 0
            ? throw BadFiles.Exception(path, bad, count)
            : ImageDataset.OfBlocks(shape, pixels.Blocks, images.Labels, images.ClassNames);
    }

    /// <inheritdoc/>
    public string? Fingerprint(CancellationToken cancellationToken = default) =>
        SourceFingerprint.Of($"{nameof(ImageZipReader)} {shape} {fit}{ImageBytes.Mark(codec)}", [path], cancellationToken: cancellationToken);
}
