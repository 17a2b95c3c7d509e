using Ddpm.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>What a <see cref="UNet"/> must be given.</summary>
internal static class UNetInput
{
    /// <exception cref="ArgumentException">A shape does not fit the network; or something is given that it does not take, or not given that it
    /// needs.</exception>
    internal static void Check(UNetOptions options, Tensor x, Tensor t, Conditioning? given)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(t);
        if (x.dim() != 4 || x.shape[1] != options.Image.Channels)
            throw new ArgumentException($"x must be [N, {options.Image.Channels}, H, W], but is {Batch.Extents(x)}.", nameof(x));
        if (options.SizeFault(x.shape[2], x.shape[3]) is { } fault)
            throw new ArgumentException(fault, nameof(x));
        var n = x.shape[0];
        if (t.dim() != 1 || t.shape[0] != n)
            throw new ArgumentException($"t must be [N] = [{n}], but is {Batch.Extents(t)}.", nameof(t));
        // Only where looking waits for no other device: who tells it from the host has looked already.
        if (options.Time.Kind == TimeEmbeddingKind.Fourier && t.device_type == DeviceType.CPU && t.IsAtMost(0).any().item<bool>())
            throw new ArgumentException("With Fourier features of time t must be above 0, as their logarithm is taken, but it is not.", nameof(t));
        CheckLabels(options.Labels, given, n);
        CheckEmbedding(options, given?.Embedding, n);
        CheckImages(options, x, given);
    }

    private static void CheckLabels(LabelOptions? options, Conditioning? given, long n)
    {
        var takesLabels = options is { Kind: not LabelKind.Identity };
        if (given?.Labels is null == takesLabels)
            throw new ArgumentException(
                takesLabels ? "This network has classes, but no labels were given." : "Labels were given, but this network has no classes.",
                nameof(given));
        if (given?.Labels is { } labels && !labels.shape.AsSpan().SequenceEqual([n]))
            throw new ArgumentException($"Labels must be [{n}], but are {Batch.Extents(labels)}.", nameof(given));
    }

    private static void CheckEmbedding(UNetOptions options, Tensor? embedding, long n)
    {
        var takesOne = options.Labels?.Kind == LabelKind.Identity;
        if (embedding is null == takesOne)
            throw new ArgumentException(
                takesOne ? $"This network takes embeddings [N, {options.TimeWidth}], but none were given."
                : "Embeddings were given, but this network takes none.", nameof(embedding));
        if (embedding is not null && !embedding.shape.AsSpan().SequenceEqual([n, options.TimeWidth]))
            throw new ArgumentException(
                $"Embeddings must be [{n}, {options.TimeWidth}], but are {Batch.Extents(embedding)}.", nameof(embedding));
    }

    private static void CheckImages(UNetOptions options, Tensor x, Conditioning? given)
    {
        if (given?.Estimate is { } estimate)
        {
            if (!options.SelfConditioning)
                throw new ArgumentException("An estimate of x_0 was given, but this network takes none.", nameof(given));
            if (!estimate.shape.AsSpan().SequenceEqual(x.shape))
                throw new ArgumentException(
                    $"The estimate of x_0 must be of x's shape {Batch.Extents(x)}, but is {Batch.Extents(estimate)}.", nameof(given));
        }
        if (given?.Image is null == options.ConditionChannels > 0)
            throw new ArgumentException(
                options.ConditionChannels > 0
                    ? $"This network sees an image of {options.ConditionChannels} channels beside x, but none was given."
                    : "An image beside x was given, but this network sees none.", nameof(given));
        if (given?.Image is { } image && !image.shape.AsSpan().SequenceEqual([x.shape[0], options.ConditionChannels, x.shape[2], x.shape[3]]))
            throw new ArgumentException(
                $"The image beside x must be [{x.shape[0]}, {options.ConditionChannels}, {x.shape[2]}, {x.shape[3]}], but is {Batch.Extents(image)}.",
                nameof(given));
    }
}
