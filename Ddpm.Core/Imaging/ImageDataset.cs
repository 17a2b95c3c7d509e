using Ddpm.Imaging;

namespace Ddpm;

/// <summary>A data set in memory.</summary>
public sealed class ImageDataset : IImageDataset
{
    private readonly byte[][] blocks;

    // The first image of every block, and the number of images.
    private readonly int[] starts;

    /// <summary>Wraps pixels; the array is used as it is, not copied.</summary>
    /// <param name="shape">C, H, W of every image.</param>
    /// <param name="pixels">N · C · H · W bytes: image by image, each as C planes of H rows.</param>
    /// <param name="labels">N classes, each ≥ 0, or null.</param>
    /// <param name="classNames">A name for every label, or null.</param>
    /// <exception cref="ArgumentException">The lengths do not agree, or a label is negative or has no name.</exception>
    public ImageDataset(ImageShape shape, byte[] pixels, IReadOnlyList<int>? labels = null, IReadOnlyList<string>? classNames = null)
        : this(shape, [pixels ?? throw new ArgumentNullException(nameof(pixels))], nameof(pixels), labels, classNames)
    {
    }

    private ImageDataset(ImageShape shape, byte[][] blocks, string argument, IReadOnlyList<int>? labels, IReadOnlyList<string>? classNames)
    {
        (starts, var count) = (new int[blocks.Length], 0L);
        for (var i = 0; i < blocks.Length; i++)
        {
            if (blocks[i] is not { } block)
                throw new ArgumentException($"No block of pixels may be null, but number {i} is.", argument);
            if (shape.Values == 0 || block.Length % shape.Values != 0)
                throw new ArgumentException(
                    $"Pixels must be a multiple of {shape} = {shape.Values} bytes, but there are {block.Length}.", argument);
            starts[i] = (int)count;
            count += block.Length / shape.Values;
            if (count > int.MaxValue)
                throw new ArgumentException($"There may be {int.MaxValue} images, but there are more.", argument);
        }
        if (labels is not null && labels.Count != count)
            throw new ArgumentException($"There must be one label an image, but there are {labels.Count} labels and {count} images.", nameof(labels));
        if (labels is not null && labels.Any(label => label < 0 || label >= (classNames?.Count ?? int.MaxValue)))
            throw new ArgumentException(
                $"Labels must be in 0..{(classNames?.Count ?? int.MaxValue) - 1}, "
                + $"but one is {labels.First(label => label < 0 || label >= (classNames?.Count ?? int.MaxValue))}.", nameof(labels));
        (Shape, Count, Labels, ClassNames, this.blocks) = (shape, (int)count, labels, classNames, blocks);
    }

    /// <summary>Wraps pixels in several arrays, for more than one array holds; they are used as they are, not copied.</summary>
    /// <param name="shape">C, H, W of every image.</param>
    /// <param name="blocks">Arrays of whole images each: image by image, each as C planes of H rows.</param>
    /// <param name="labels">A class for every image, each ≥ 0, or null.</param>
    /// <param name="classNames">A name for every label, or null.</param>
    /// <exception cref="ArgumentException">
    /// The lengths do not agree, a label is negative or has no name, or there are more than <see cref="int.MaxValue"/> images.
    /// </exception>
    public static ImageDataset OfBlocks(
        ImageShape shape, IReadOnlyList<byte[]> blocks, IReadOnlyList<int>? labels = null, IReadOnlyList<string>? classNames = null) =>
        new(shape, [.. blocks ?? throw new ArgumentNullException(nameof(blocks))], nameof(blocks), labels, classNames);

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
        ImageIndex.Check(index, Count);
        // The last of the blocks that begin at the image or before it: empty ones begin where the next one does.
        var block = Array.BinarySearch(starts, index);
        block = block < 0 ? ~block - 1 : block;
        while (block + 1 < starts.Length && starts[block + 1] == index)
            block++;
        blocks[block].AsSpan((int)((index - starts[block]) * Shape.Values), (int)Shape.Values).CopyTo(destination);
    }
}
