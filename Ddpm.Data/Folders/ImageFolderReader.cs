using System.Runtime.ExceptionServices;

namespace Ddpm;

/// <summary>
/// Image files of a folder, resized to one shape whatever their proportions. Either the folder holds the images, or each of its subfolders
/// holds those of one class, whose name is the subfolder's. The order is that of the names, by character codes.
/// </summary>
public sealed class ImageFolderReader : IDatasetReader
{
    private static readonly HashSet<string> Extensions = new([".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp"], StringComparer.OrdinalIgnoreCase);

    private readonly string folder;
    private readonly ImageShape shape;

    /// <summary>Says what to read; nothing is touched yet.</summary>
    /// <param name="folder">Files other than .png, .jpg, .jpeg, .bmp, .gif and .webp are ignored, and so are subfolders without images.</param>
    /// <param name="shape">What every image becomes: 1 channel (gray) or 3, H and W.</param>
    /// <exception cref="ArgumentException">The folder has no name, or the shape is none of a <see cref="Picture"/>.</exception>
    public ImageFolderReader(string folder, ImageShape shape)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Picture.Check(shape);
        (this.folder, this.shape) = (folder, shape);
    }

    /// <inheritdoc/>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="DataFormatException">There is no image, one is broken, there are images
    /// both in the folder and in its subfolders, or together they are too large.</exception>
    public IImageDataset Read()
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"There is no folder {folder}.");
        var own = Images(folder);
        var classes = Sorted(Directory.EnumerateDirectories(folder))
            .Select(path => (Name: Path.GetFileName(path), Files: Images(path)))
            .Where(part => part.Files.Length > 0).ToArray();
        if (own.Length > 0 && classes.Length > 0)
            throw new DataFormatException(folder, null,
                $"images must lie in the folder or in subfolders, not in both as {own[0]} and {classes[0].Files[0]}");
        if (own.Length == 0 && classes.Length == 0)
            throw new DataFormatException(folder, null,
                $"there must be images ({string.Join(", ", Extensions)}) in it or its subfolders, but there are none");
        if (own.Length > 0)
            return new ImageDataset(shape, Decode(own));
        int[] labels = [.. classes.SelectMany((part, label) => Enumerable.Repeat(label, part.Files.Length))];
        return new ImageDataset(shape, Decode([.. classes.SelectMany(part => part.Files)]), labels, Array.ConvertAll(classes, part => part.Name));
    }

    private byte[] Decode(string[] files)
    {
        if (files.Length > Array.MaxLength / shape.Values)
            throw new DataFormatException(folder, null,
                $"images must take at most {Array.MaxLength} bytes together, but there are {files.Length} of {shape.Values}");
        var pixels = new byte[files.Length * shape.Values];
        var faults = new Exception?[files.Length];
        Parallel.For(0, files.Length, (i, loop) =>
        {
            try
            {
                var picture = Picture.Load(files[i]).WithChannels(shape.Channels).Resize(shape.Width, shape.Height);
                picture.Pixels.Span.CopyTo(pixels.AsSpan((int)(i * shape.Values)));
            }
            catch (Exception fault)
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

    private static string[] Images(string folder) =>
        Sorted(Directory.EnumerateFiles(folder).Where(path => Extensions.Contains(Path.GetExtension(path))));

    private static string[] Sorted(IEnumerable<string> paths) => [.. paths.OrderBy(Path.GetFileName, StringComparer.Ordinal)];
}
