using System.Runtime.ExceptionServices;
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
    // Each pixel in work takes up to about eight bytes: 256 MB.
    private const long MaxPixelsAtOnce = 1 << 25;

    private static readonly HashSet<string> Extensions = new([".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp"], StringComparer.OrdinalIgnoreCase);

    private readonly string folder;
    private readonly ImageShape shape;
    private readonly ImageFit fit;

    /// <summary>Says what to read; nothing is touched yet.</summary>
    /// <param name="folder">Files other than .png, .jpg, .jpeg, .bmp, .gif and .webp are ignored.</param>
    /// <param name="shape">What every image becomes: 1 channel (gray) or 3, H and W.</param>
    /// <param name="fit">What becomes of an image of other proportions.</param>
    /// <exception cref="ArgumentException">The folder has no name, the shape is none of a <see cref="Picture"/>, or the fit is none.</exception>
    public ImageFolderReader(string folder, ImageShape shape, ImageFit fit = ImageFit.Crop)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Picture.Check(shape);
        Picture.CheckFit(fit);
        (this.folder, this.shape, this.fit) = (folder, shape, fit);
    }

    /// <summary>How many hidden files and folders the last <see cref="Read"/> passed over.</summary>
    public int PassedOver { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="DataFormatException">There is no image, one is broken or cannot be read, there are images
    /// both in the folder and in its subfolders, or together they are too large.</exception>
    public IImageDataset Read(IProgress<ReadingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"There is no folder {folder}.");
        var top = new FolderEntries(folder, cancellationToken);
        var parts = top.Folders.Select(path => (Path: path, Entries: new FolderEntries(path, cancellationToken))).ToArray();
        PassedOver = top.PassedOver + parts.Sum(part => part.Entries.PassedOver);
        var own = Images(top);
        var classes = Array.ConvertAll(parts, part => (Name: Path.GetFileName(part.Path), Files: Images(part.Entries)));
        var ofClasses = classes.SelectMany(part => part.Files).ToArray();
        if (own.Length > 0 && ofClasses.Length > 0)
            throw new DataFormatException(folder, null,
                $"images must lie in the folder or in subfolders, not in both as {own[0]} and {ofClasses[0]}");
        if (own.Length == 0 && ofClasses.Length == 0)
            throw new DataFormatException(folder, null,
                $"there must be images ({string.Join(", ", Extensions)}) in it or its subfolders, but there are none");
        if (own.Length > 0)
            return new ImageDataset(shape, Decode(own, progress, cancellationToken));
        // Left out, the class of a lost folder would shift the numbers of the others.
        if (top.Files.FirstOrDefault(IsBrokenLink) is { } link)
            throw new DataFormatException(link, null, "a link beside folders of classes must lead somewhere, but its target is missing");
        int[] labels = [.. classes.SelectMany((part, label) => Enumerable.Repeat(label, part.Files.Length))];
        return new ImageDataset(shape, Decode(ofClasses, progress, cancellationToken), labels, Array.ConvertAll(classes, part => part.Name));
    }

    private byte[] Decode(string[] files, IProgress<ReadingProgress>? progress, CancellationToken cancellationToken)
    {
        if (files.Length > Array.MaxLength / shape.Values)
            throw new DataFormatException(folder, null,
                $"images must take at most {Array.MaxLength} bytes together, but there are {files.Length} of {shape.Values}");
        var pixels = new byte[files.Length * shape.Values];
        var faults = new Exception?[files.Length];
        var (budget, meter) = (new PixelBudget(MaxPixelsAtOnce), new ReadingMeter(progress, files.Length));
        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, files.Length, options, (i, loop) =>
        {
            try
            {
                Load(files[i], budget, cancellationToken).Pixels.Span.CopyTo(pixels.AsSpan((int)(i * shape.Values)));
                meter.Add();
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // Every file before this one is still read: the fault reported is the first one, in whatever order they are found.
                faults[i] = fault;
                loop.Break();
            }
        });
        if (Array.Find(faults, fault => fault is not null) is { } first)
            ExceptionDispatchInfo.Throw(first);
        return pixels;
    }

    private Picture Load(string file, PixelBudget budget, CancellationToken cancellationToken)
    {
        long taken = 0;
        using var stream = Open(file);
        try
        {
            var whole = Picture.Load(stream, file, size =>
            {
                budget.Take(size, cancellationToken);
                taken = size;
            });
            return whole.WithChannels(shape.Channels).Resize(shape.Width, shape.Height, fit);
        }
        finally
        {
            budget.Return(taken);
        }
    }

    private static FileStream Open(string file)
    {
        try
        {
            // Opening a named pipe, which has no length either, would wait for somebody who writes into it.
            return new FileInfo(file) is { Exists: true, Length: 0 }
                ? throw new DataFormatException(file, null, "it must be an image, but is empty")
                : InputFile.Open(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new DataFormatException(file, null,
                IsBrokenLink(file) ? "it must lead to an image, but is a link whose target is missing" : "it must be readable, but is not", fault);
        }
    }

    private static bool IsBrokenLink(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true) is { Exists: false };
        }
        catch (IOException)
        {
            return true;        // links in a circle
        }
    }

    private static string[] Images(FolderEntries entries) => [.. entries.Files.Where(path => Extensions.Contains(Path.GetExtension(path)))];
}
