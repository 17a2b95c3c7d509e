namespace Ddpm;

/// <summary>
/// The images of a folder; or, when it holds folders, those of each of them as a class of its own. Each is resized to one shape.
/// They are read in ordinal order of their names, so that the data set is the same on every machine.
/// </summary>
public sealed class ImageFolderReader : IDatasetReader
{
    private static readonly HashSet<string> Extensions = new([".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp"], StringComparer.OrdinalIgnoreCase);
    private readonly string folder;
    private readonly ImageShape shape;

    /// <summary>Names the folder and the shape.</summary>
    /// <param name="folder">Holds .png, .jpg, .jpeg, .bmp, .gif or .webp files, or folders of them; other files are passed over.</param>
    /// <param name="shape">1 (gray) or 3 channels; the aspect ratio of an image is not kept.</param>
    public ImageFolderReader(string folder, ImageShape shape)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (shape.Channels is not (1 or 3))
            throw new ArgumentException($"Images of a folder must have 1 or 3 channels, but {shape.Channels} were asked for.", nameof(shape));
        (this.folder, this.shape) = (folder, shape);
    }

    /// <inheritdoc/>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="DataFormatException">The folder holds no image, or a damaged one.</exception>
    public IImageDataset Read()
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"{folder}: a folder of images must exist, but there is none.");
        var (files, labels, classes) = Find();
        if (files.Length == 0)
            throw new DataFormatException(folder, null, $"a folder of images must hold at least one ({string.Join(", ", Extensions.Order())}), but has none");
        if (files.Length * shape.Values > Array.MaxLength)
            throw new DataFormatException(folder, null, $"the images must take at most {Array.MaxLength} bytes as {shape}, but there are {files.Length}");
        var pixels = new byte[files.Length * shape.Values];
        Exception? fault = null;
        Parallel.For(0, files.Length, (image, state) =>
        {
            try
            {
                Picture.Load(files[image]).WithChannels(shape.Channels).Resize(shape.Width, shape.Height).Pixels.CopyTo(pixels.AsMemory((int)(image * shape.Values)));
            }
            catch (Exception caught) when (caught is IOException or InvalidOperationException)
            {
                fault ??= caught;
                state.Stop();
            }
        });
        return fault is null ? new ImageDataset(shape, pixels, labels, classes) : throw fault;
    }

    private (string[] Files, int[]? Labels, string[]? Classes) Find()
    {
        var classes = Directory.GetDirectories(folder).OrderBy(Path.GetFileName, StringComparer.Ordinal).Where(inner => Images(inner).Length > 0).ToArray();
        if (classes.Length == 0)
            return (Images(folder), null, null);
        var members = classes.SelectMany((inner, label) => Images(inner).Select(file => (file, label))).ToArray();
        return ([.. members.Select(member => member.file)], [.. members.Select(member => member.label)], [.. classes.Select(inner => Path.GetFileName(inner))]);
    }

    private static string[] Images(string folder) =>
        [.. Directory.GetFiles(folder).Where(file => Extensions.Contains(Path.GetExtension(file))).OrderBy(Path.GetFileName, StringComparer.Ordinal)];
}
