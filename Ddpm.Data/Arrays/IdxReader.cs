using System.Globalization;
using Ddpm.Formats;

namespace Ddpm;

/// <summary>
/// Reads images and labels from IDX files, plain or in gzip, as MNIST, EMNIST and their like come: bytes [N, H, W] or [N, H, W, C], and N labels.
/// </summary>
public sealed class IdxReader : IDatasetReader
{
    private readonly string images;
    private readonly string? labels;
    private readonly IReadOnlyList<string>? classNames;
    private readonly int margin;
    private readonly long? maxBytes;

    /// <summary>Says what to read; nothing is touched yet.</summary>
    /// <param name="images">The file of the images; its content says whether it is in gzip, not its extension.</param>
    /// <param name="labels">The file of the labels; null: there are none.</param>
    /// <param name="classNames">A name for every label; null: they are not known.</param>
    /// <param name="margin">
    /// Rows and columns of 0 (black) that every image gets on each side, up to half of its shorter edge: 2 makes 28 x 28 a 32 x 32, which networks
    /// can halve more often.
    /// </param>
    /// <param name="maxBytes">
    /// The most bytes to which a file may grow by decompression; null: twice its length and 64 MB, so that a small file cannot fill the memory.
    /// </param>
    /// <exception cref="ArgumentException">The path is empty, or the margin is negative.</exception>
    public IdxReader(string images, string? labels = null, IReadOnlyList<string>? classNames = null, int margin = 0, long? maxBytes = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(images);
        ArgumentOutOfRangeException.ThrowIfNegative(margin);
        (this.images, this.labels, this.classNames, this.margin, this.maxBytes) = (images, labels, classNames, margin, maxBytes);
    }

    /// <inheritdoc/>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFormatException">A file is damaged, or does not hold images or labels.</exception>
    public IImageDataset Read(IProgress<ReadingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using var input = IdxFile.Open(images, maxBytes);
        var array = new ImageArray(input.Array, ImageLayout.ChannelsLast, margin);
        return array.Read(
            count =>
            {
                input.Finish();
                return labels is null ? null : ReadLabels(labels, count);
            },
            classNames, progress, cancellationToken);
    }

    /// <inheritdoc/>
    public string? Fingerprint(CancellationToken cancellationToken = default) =>
        SourceFingerprint.Of(
            string.Create(CultureInfo.InvariantCulture, $"{nameof(IdxReader)} {margin}"), labels is null ? [images] : [images, labels], classNames,
            cancellationToken);

    private int[] ReadLabels(string path, int count)
    {
        using var input = IdxFile.Open(path, maxBytes);
        var values = LabelArray.Read(input.Array, count, classNames?.Count);
        input.Finish();
        return values;
    }
}
