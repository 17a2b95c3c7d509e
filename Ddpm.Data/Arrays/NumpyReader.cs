using Ddpm.Formats;

namespace Ddpm;

/// <summary>
/// Reads images and labels from NumPy's files: an array alone (.npy), or arrays with names (.npz), stored or compressed. Images are bytes (uint8)
/// [N, H, W], [N, H, W, C] or [N, C, H, W], in either order of indices; labels are N whole numbers of any type. Pickled objects are refused: nothing
/// of a file can run.
/// </summary>
public sealed class NumpyReader : IDatasetReader
{
    private readonly string path;
    private readonly NumpyOptions options;

    /// <summary>Says what to read; nothing is touched yet.</summary>
    /// <param name="path">The .npy or .npz file; its content counts, not its extension.</param>
    /// <param name="options">What in it is what; null: one array of images without labels.</param>
    /// <exception cref="ArgumentException">The path is empty, or labels are said twice.</exception>
    public NumpyReader(string path, NumpyOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        (this.path, this.options) = (path, options ?? new());
        if (this.options is { Labels: not null, LabelsFile: not null })
            throw new ArgumentException($"Labels are either an array, {this.options.Labels}, or a file, {this.options.LabelsFile}.", nameof(options));
    }

    /// <inheritdoc/>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFormatException">A file is damaged, or its arrays are not images and labels.</exception>
    public IImageDataset Read(IProgress<ReadingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using var file = NumpyFile.Open(path, options.MaxBytes);
        var images = NameOfImages(file);
        using var input = file.OpenArray(images);
        var array = new ImageArray(input, options.Layout);
        file.Admit(images);
        return array.Read(count => Labels(file, count), options.ClassNames, progress, cancellationToken);
    }

    /// <summary>Reads what the images are, without reading them.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFormatException">The file is damaged, or the array is not images.</exception>
    public ImageShape ReadShape()
    {
        using var file = NumpyFile.Open(path, options.MaxBytes);
        using var input = file.OpenArray(NameOfImages(file));
        return new ImageArray(input, options.Layout).Shape;
    }

    /// <inheritdoc/>
    public string? Fingerprint(CancellationToken cancellationToken = default) => SourceFingerprint.Of(
        $"{nameof(NumpyReader)} {options.Images}\0{options.Labels}\0{options.Layout}",
        options.LabelsFile is null ? [path] : [path, options.LabelsFile], options.ClassNames, cancellationToken);

    private string NameOfImages(NumpyFile file)
    {
        if (!file.IsZip)
            return (options.Images ?? options.Labels) is { } name
                ? throw new DataFormatException(
                    path, null, $"the array {Quote.Of(name)} must be in an .npz file, but this is an .npy file of one array")
                : file.Names[0];
        if (options.Images is { } given)
            return given;
        var found = file.Names.Where(name =>
        {
            using var input = file.OpenArray(name);
            return ImageArray.CanBe(input.Form);
        }).ToList();
        return found.Count == 1
            ? found[0]
            : throw new DataFormatException(path, null, found.Count == 0
                ? $"one array must be images (UInt8 with three or four axes), but there are: {string.Join(", ", file.Names.Select(Quote.Of))}"
                : $"say which array is meant, as several can be images: {string.Join(", ", found.Select(Quote.Of))}");
    }

    private int[]? Labels(NumpyFile images, int count)
    {
        if (options.Labels is not null)
            return Labels(images, options.Labels, count);
        if (options.LabelsFile is null)
            return null;
        using var file = NumpyFile.Open(options.LabelsFile);
        return file.IsZip
            ? throw new DataFormatException(file.Path, 0, "labels in a file of their own must be in an .npy file, but this is an .npz file")
            : Labels(file, file.Names[0], count);
    }

    private int[] Labels(NumpyFile file, string name, int count)
    {
        using var input = file.OpenArray(name);
        file.Admit(name);
        return LabelArray.Read(input, count, options.ClassNames?.Count);
    }
}
