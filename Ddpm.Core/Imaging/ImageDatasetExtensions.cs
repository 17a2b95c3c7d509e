using Ddpm.Imaging;

namespace Ddpm;

/// <summary>Data sets made of data sets: nothing is copied, labels, class names and embeddings come along.</summary>
public static class ImageDatasetExtensions
{
    /// <summary>Some of the images.</summary>
    /// <param name="dataset">Where they come from.</param>
    /// <param name="indices">Each in 0..Count - 1, in the order wanted; one may come more than once.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such image.</exception>
    public static IImageDataset Subset(this IImageDataset dataset, IReadOnlyList<int> indices) => new ImageSubset(dataset, indices);
}
