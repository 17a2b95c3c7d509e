using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>Which labels a denoiser takes.</summary>
internal static class ClassLabels
{
    /// <summary>The labels to train with; null for a network without classes, whether the data have labels or not.</summary>
    /// <exception cref="ArgumentException">The network has classes, but the data have no labels, or one that is not among them; or it takes
    /// embeddings.</exception>
    internal static IReadOnlyList<int>? OfData(IDenoiser denoiser, IImageDataset data)
    {
        CheckNoEmbeddings(denoiser);
        if (denoiser is not IConditionalDenoiser { Classes: > 0 and var classes })
            return null;
        var labels = data.Labels
            ?? throw new ArgumentException("The network has classes, so the data set must have labels, but it has none.", nameof(data));
        CheckRange(labels, classes);
        return labels;
    }

    /// <summary>The labels to sample with: without any, the null class.</summary>
    /// <exception cref="ArgumentException">They are not one an image, or not among the network's classes, or there must be none or some; or the
    /// network takes embeddings.</exception>
    internal static IReadOnlyList<int>? ForSampling(IDenoiser denoiser, IReadOnlyList<int>? labels, int count)
    {
        CheckNoEmbeddings(denoiser);
        if (labels is not null && labels.Count != count)
            throw new ArgumentException($"There must be one label an image, but there are {labels.Count} labels for {count} images.", nameof(labels));
        if (denoiser is not IConditionalDenoiser { Classes: var classes, NullClass: var nullClass })
            return labels;
        if (labels is null && classes > 0)
            return [.. Enumerable.Repeat(nullClass ?? throw new ArgumentException(
                "The network has classes and no null class, so labels must be given, but there are none.", nameof(labels)), count)];
        if (labels is not null && classes == 0)
            throw new ArgumentException("Labels were given, but the network has no classes.", nameof(labels));
        if (labels is not null)
            CheckRange(labels, classes);
        return labels;
    }

    /// <summary>int64 [N].</summary>
    internal static Tensor ToTensor(IEnumerable<int> labels, Device device)
    {
        using var scope = NewDisposeScope();
        return Upload.To(torch.tensor(labels.Select(label => (long)label).ToArray()), device).MoveToOuterDisposeScope();
    }

    // Labels are whole numbers everywhere but in the network itself.
    private static void CheckNoEmbeddings(IDenoiser denoiser)
    {
        if (denoiser is IEmbeddingDenoiser { TakesEmbeddings: true })
            throw new ArgumentException(
                $"Training and sampling are of networks with classes or none, but this {denoiser.GetType().Name} takes an embedding of each image: "
                + "only its Predict can be called.", nameof(denoiser));
    }

    private static void CheckRange(IReadOnlyList<int> labels, int classes)
    {
        foreach (var label in labels)
            if (label < 0 || label >= classes)
                throw new ArgumentException(
                    $"Labels must be in 0..{classes - 1}, as the network has {classes} classes, but one is {label}.", nameof(labels));
    }
}
