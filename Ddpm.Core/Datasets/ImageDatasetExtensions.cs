using Ddpm.Datasets;

namespace Ddpm;

/// <summary>Data sets made of data sets: no image is copied; labels, class names and embeddings come along.</summary>
public static class ImageDatasetExtensions
{
    /// <summary>Some of the images.</summary>
    /// <param name="dataset">Where they come from.</param>
    /// <param name="indices">Each in 0..Count - 1, in the order wanted; one may come more than once.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such image.</exception>
    public static IImageDataset Subset(this IImageDataset dataset, IReadOnlyList<int> indices) => new ImageSubset(dataset, indices);

    /// <summary>The first images.</summary>
    /// <param name="dataset">Where they come from.</param>
    /// <param name="count">How many, 0 to Count.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
    public static IImageDataset Take(this IImageDataset dataset, int count)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return count >= 0 && count <= dataset.Count
            ? new ImageSubset(dataset, [.. Enumerable.Range(0, count)])
            : throw new ArgumentOutOfRangeException(nameof(count), count, $"The number of images must be in 0..{dataset.Count}.");
    }

    /// <summary>Two parts without an image in common, drawn at random; each keeps the order. For training and held-out images.</summary>
    /// <param name="dataset">Where they come from.</param>
    /// <param name="fraction">The share of the first part, above 0 and below 1; the number of images is rounded (half to even).</param>
    /// <param name="seed">The draw is a function of it, of the number of images and, by class, of the labels.</param>
    /// <param name="byClass">Whether every class is split in that proportion, rounded for each, instead of the whole.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is out of range.</exception>
    /// <exception cref="ArgumentException">A part would be empty, or the images are to be split by class and have no labels.</exception>
    public static (IImageDataset First, IImageDataset Second) Split(
        this IImageDataset dataset, double fraction, ulong seed = 0, bool byClass = false)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var isFirst = RandomSplit.Draw(dataset, fraction, seed, byClass);
        IImageDataset Part(bool first) => new ImageSubset(dataset, [.. Enumerable.Range(0, dataset.Count).Where(index => isFirst[index] == first)]);
        return (Part(true), Part(false));
    }

    /// <summary>The images of one data set and then those of another.</summary>
    /// <param name="first">The images that come first.</param>
    /// <param name="second">The others.</param>
    /// <exception cref="ArgumentException">
    /// Their shapes, class names or embeddings differ, or one has labels and the other has none; the message names what differs.
    /// </exception>
    public static IImageDataset Concat(this IImageDataset first, IImageDataset second) => new ConcatenatedImages(first, second);

    /// <summary>The images over and over, as one long data set: for example to make an epoch of few images longer.</summary>
    /// <param name="dataset">What is repeated.</param>
    /// <param name="times">How often it comes, ≥ 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1, or there would be more than <see cref="int.MaxValue"/> images.</exception>
    public static IImageDataset Repeat(this IImageDataset dataset, int times) => new RepeatedImages(dataset, times);
}
