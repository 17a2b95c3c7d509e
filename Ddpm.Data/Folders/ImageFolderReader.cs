using Ddpm.Formats;
using Ddpm.Imaging;

namespace Ddpm;

/// <summary>
/// Image files of a folder, brought to one shape. Either the folder holds the images, or each of its subfolders holds those of one class, whose name
/// is the subfolder's. The order is that of the names, by character codes.
/// </summary>
/// <remarks>
/// A subfolder without images is a class without images: its number is kept, so that a folder of training images and one of held-out images agree.
/// Hidden files and folders (names that begin with a dot, or marked as hidden) are passed over, and so is what systems leave beside them, such as
/// <c>__MACOSX</c> and <c>Thumbs.db</c>.
/// </remarks>
public sealed class ImageFolderReader : IDatasetReader
{
    private readonly string folder;
    private readonly ImageShape shape;
    private readonly ImageFolderOptions options;

    /// <summary>Says what to read; nothing is touched yet.</summary>
    /// <param name="folder">Files other than .png, .jpg, .jpeg, .bmp, .gif and .webp are passed over.</param>
    /// <param name="shape">What every image becomes: 1 channel (gray) or 3, H and W.</param>
    /// <param name="options">How to read; null: all into memory, centres of images of other proportions, bad files refused.</param>
    /// <exception cref="ArgumentException">The folder has no name, or the shape is none of a <see cref="Picture"/>.</exception>
    public ImageFolderReader(string folder, ImageShape shape, ImageFolderOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Picture.Check(shape);
        (this.folder, this.shape, this.options) = (folder, shape, options ?? new());
    }

    /// <summary>How many hidden files and folders the last <see cref="Read"/> passed over.</summary>
    public int PassedOver { get; private set; }

    /// <summary>How many files of other formats the last <see cref="Read"/> passed over, by extension in small letters: ".tiff".</summary>
    public IReadOnlyDictionary<string, int> OtherFormats { get; private set; } = new Dictionary<string, int>();

    /// <summary>What the last <see cref="Read"/> left out (<see cref="BadFilePolicy.Skip"/>): each with its file and the rule it breaks.</summary>
    public IReadOnlyList<DataFormatException> BadFiles { get; private set; } = [];

    /// <inheritdoc/>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="DataFormatException">There is no image, files are broken or cannot be read (and are not skipped), there are images
    /// both in the folder and in its subfolders, or together they are larger than the memory.</exception>
    public IImageDataset Read(IProgress<ReadingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var files = FolderFiles.List(folder, cancellationToken);
        (PassedOver, OtherFormats, BadFiles) = (files.Hidden, files.OtherFormats, []);
        foreach (var sentence in files.PassedOver(folder))
            options.Warnings?.Report(sentence);
        if (options.IsLazy)
        {
            var good = Try(files, (path, _) => ImageFile.Check(path, options.Codec), progress, cancellationToken);
            return new LazyImages(good.Count < files.Paths.Count ? files.Only(good) : files, shape, options);
        }
        if (PixelBlocks.MemoryThatLacks(shape, files.Paths.Count) is { } memory)
            throw new DataFormatException(folder, null,
                $"images must fit into the memory of {memory} bytes, but there are {files.Paths.Count} of {shape.Values}: "
                + $"read them one by one ({nameof(ImageFolderOptions)}.{nameof(ImageFolderOptions.IsLazy)})");
        return ReadAll(files, progress, cancellationToken);
    }

    /// <inheritdoc/>
    public string? Fingerprint(CancellationToken cancellationToken = default)
    {
        var files = FolderFiles.List(folder, cancellationToken);
        return SourceFingerprint.Of(
            $"{nameof(ImageFolderReader)} {shape} {options.Fit} {options.BadFiles}{ImageBytes.Mark(options.Codec)}", files.Paths, files.ClassNames,
            cancellationToken);
    }

    private IImageDataset ReadAll(FolderFiles files, IProgress<ReadingProgress>? progress, CancellationToken cancellationToken)
    {
        var (pixels, budget) = (new PixelBlocks(shape, files.Paths.Count), new PixelBudget());
        var good = Try(
            files, (path, i) => ImageFile.Load(path, pixels[i], shape, options.Fit, options.Codec, budget, cancellationToken), progress,
            cancellationToken);
        var all = ImageDataset.OfBlocks(shape, pixels.Blocks, files.Labels, files.ClassNames);
        return good.Count < all.Count ? all.Subset(good) : all;
    }

    /// <returns>The files for which the work succeeded.</returns>
    private IReadOnlyList<int> Try(
        FolderFiles files, Action<string, int> work, IProgress<ReadingProgress>? progress, CancellationToken cancellationToken)
    {
        var faults = Ddpm.BadFiles.Among(files.Paths.Count, options.Threads, i => work(files.Paths[i], i), progress, cancellationToken);
        DataFormatException[] bad = [.. faults.OfType<DataFormatException>()];
        if (bad.Length > 0 && (options.BadFiles == BadFilePolicy.Refuse || bad.Length == faults.Length))
            throw Ddpm.BadFiles.Exception(folder, bad, faults.Length);
        BadFiles = bad;
        if (bad.Length > 0)
            options.Warnings?.Report($"{folder}: {Ddpm.BadFiles.Sentence(bad, faults.Length)}. They are left out.");
        return [.. Enumerable.Range(0, faults.Length).Where(i => faults[i] is null)];
    }
}
