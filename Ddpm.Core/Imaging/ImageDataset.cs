namespace Ddpm;

/// <summary>A data set in memory: one array of bytes.</summary>
public sealed class ImageDataset : IImageDataset
{
    private readonly byte[] pixels;

    /// <summary>Wraps pixels; the array is used as it is, not copied.</summary>
    /// <param name="shape">C, H, W of every image.</param>
    /// <param name="pixels">N · C · H · W bytes: image by image, each as C planes of H rows.</param>
    /// <param name="labels">N classes, each ≥ 0, or null.</param>
    /// <param name="classNames">A name for every label, or null.</param>
    /// <exception cref="ArgumentException">The lengths do not agree, or a label is negative or has no name.</exception>
    public ImageDataset(ImageShape shape, byte[] pixels, IReadOnlyList<int>? labels = null, IReadOnlyList<string>? classNames = null)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        if (shape.Values == 0 || pixels.Length % shape.Values != 0)
            throw new ArgumentException(
                $"Pixels must be a multiple of {shape} = {shape.Values} bytes, but there are {pixels.Length}.", nameof(pixels));
        var count = (int)(pixels.Length / shape.Values);
        if (labels is not null && labels.Count != count)
            throw new ArgumentException($"There must be one label an image, but there are {labels.Count} labels and {count} images.", nameof(labels));
        if (labels is not null && labels.Any(label => label < 0 || label >= (classNames?.Count ?? int.MaxValue)))
            throw new ArgumentException(
                $"Labels must be in 0..{(classNames?.Count ?? int.MaxValue) - 1}, "
                + $"but one is {labels.First(label => label < 0 || label >= (classNames?.Count ?? int.MaxValue))}.", nameof(labels));
        (Shape, Count, Labels, ClassNames, this.pixels) = (shape, count, labels, classNames, pixels);
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public ImageShape Shape { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int>? Labels { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string>? ClassNames { get; }

    /// <inheritdoc/>
    public void CopyTo(int index, Span<byte> destination)
    {
        if (index < 0 || index >= Count)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"The index must be in 0..{Count - 1}.");
        pixels.AsSpan((int)(index * Shape.Values), (int)Shape.Values).CopyTo(destination);
    }
}
