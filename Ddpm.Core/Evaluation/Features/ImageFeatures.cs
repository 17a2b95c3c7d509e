using Ddpm.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Evaluation;

/// <summary>The features of all images of a data set.</summary>
public static class ImageFeatures
{
    /// <summary>Reads the images in their order, a batch at a time, and computes their features.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="extractor">What tells of them.</param>
    /// <param name="batchSize">Images that are given to the extractor at once.</param>
    /// <param name="progress">Told after each batch which part is done, above 0 to 1.</param>
    /// <param name="cancellationToken">Looked at before each batch.</param>
    /// <returns>float32 [N, D] on the CPU; the caller owns it.</returns>
    /// <exception cref="ArgumentException">There are no images, or the extractor does not take them.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Tensor Extract(
        IImageDataset dataset, IFeatureExtractor extractor, int batchSize = 64, IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(extractor);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (dataset.Count == 0)
            throw new ArgumentException("There must be images, but there are none.", nameof(dataset));

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var all = empty([dataset.Count, extractor.Space.Width]);
        dataset.Expect([.. Enumerable.Range(0, dataset.Count)]);
        for (var first = 0; first < dataset.Count; first += batchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var batch = NewDisposeScope();
            var count = Math.Min(batchSize, dataset.Count - first);
            var features = extractor.Extract(Bytes(dataset, first, count));
            if (!features.shape.AsSpan().SequenceEqual([count, extractor.Space.Width]))
                throw new ArgumentException(
                    $"The extractor must give [{count}, {extractor.Space.Width}] as it says, but gives {Batch.Extents(features)}.",
                    nameof(extractor));
            all.narrow(0, first, count).copy_(features);
            progress?.Report((first + count) / (double)dataset.Count);
        }
        return all.MoveToOuterDisposeScope();
    }

    private static Tensor Bytes(IImageDataset dataset, int first, int count)
    {
        var size = checked((int)dataset.Shape.Values);
        var bytes = new byte[checked(count * size)];
        for (var i = 0; i < count; i++)
            dataset.CopyTo(first + i, bytes.AsSpan(i * size, size));
        return torch.tensor(bytes, dataset.Shape.Batch(count), dtype: ScalarType.Byte);
    }
}
