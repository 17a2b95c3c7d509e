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
    /// <param name="progress">Told now and then, and after the last image.</param>
    /// <param name="cancellationToken">Looked at before each batch.</param>
    /// <returns>float32 [N, D] on the CPU; the caller owns it.</returns>
    /// <exception cref="ArgumentException">There are no images, or the extractor does not take them.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Tensor Extract(
        IImageDataset dataset, IFeatureExtractor extractor, int batchSize = 64, IProgress<ReadingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        Check(dataset, extractor, batchSize);
        var all = empty([dataset.Count, extractor.Space.Width]);
        void Keep(int first, Tensor features) => all.narrow(0, first, features.shape[0]).copy_(features);
        ForEach(dataset, extractor, batchSize, Keep, progress, cancellationToken);
        return all.MoveToOuterDisposeScope();
    }

    /// <summary>The same features' mean and covariance, without keeping them.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="extractor">What tells of them.</param>
    /// <param name="origin">What the images are; the features are named by this method. null: not said.</param>
    /// <param name="batchSize">Images that are given to the extractor at once.</param>
    /// <param name="progress">Told now and then, and after the last image.</param>
    /// <param name="cancellationToken">Looked at before each batch.</param>
    /// <exception cref="ArgumentException">There are no images, or the extractor does not take them.</exception>
    /// <exception cref="InvalidOperationException">There is only one image.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static FeatureStatistics Statistics(
        IImageDataset dataset, IFeatureExtractor extractor, StatisticsOrigin? origin = null, int batchSize = 64,
        IProgress<ReadingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        Check(dataset, extractor, batchSize);
        using var accumulator = new FeatureAccumulator(extractor.Space.Width);
        ForEach(dataset, extractor, batchSize, (_, features) => accumulator.Add(features), progress, cancellationToken);
        return accumulator.ToStatistics((origin ?? new()) with { Space = extractor.Space });
    }

    private static void Check(IImageDataset dataset, IFeatureExtractor extractor, int batchSize)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(extractor);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (dataset.Count == 0)
            throw new ArgumentException("There must be images, but there are none.", nameof(dataset));
    }

    private static void ForEach(
        IImageDataset dataset, IFeatureExtractor extractor, int batchSize, Action<int, Tensor> take, IProgress<ReadingProgress>? progress,
        CancellationToken cancellationToken)
    {
        using var noGrad = no_grad();
        var meter = new ReadingMeter(progress, dataset.Count);
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
            take(first, features);
            meter.Add(count);
        }
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
