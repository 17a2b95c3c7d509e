using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>Images of a data set in batches, as bytes.</summary>
internal static class ImageBatches
{
    /// <summary>The first images in batches: uint8 [N, C, H, W], which the caller frees.</summary>
    public static IEnumerable<Tensor> Of(IImageDataset images, int count, int batchSize, CancellationToken stop)
    {
        images.Expect([.. Enumerable.Range(0, count)]);
        for (var first = 0; first < count; first += batchSize)
        {
            stop.ThrowIfCancellationRequested();
            yield return One(images, [.. Enumerable.Range(first, Math.Min(batchSize, count - first))]);
        }
    }

    /// <summary>Some images: uint8 [N, C, H, W]; the caller owns them.</summary>
    public static Tensor One(IImageDataset images, ReadOnlySpan<int> indices)
    {
        var size = (int)images.Shape.Values;
        var bytes = new byte[checked(size * indices.Length)];
        for (var i = 0; i < indices.Length; i++)
            images.CopyTo(indices[i], bytes.AsSpan(i * size, size));
        return tensor(bytes, images.Shape.Batch(indices.Length), dtype: ScalarType.Byte);
    }
}
