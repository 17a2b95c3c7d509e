using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>Which labels a denoiser takes.</summary>
internal static class ClassLabels
{
    /// <summary>The labels to train with; null for a network without classes, whether the data have labels or not.</summary>
    /// <exception cref="ArgumentException">The network has classes, but the data have no labels, or one that is not among them.</exception>
    internal static IReadOnlyList<int>? OfData(NetworkTraits traits, IImageDataset data)
    {
        if (!traits.HasClasses)
            return null;
        var labels = data.Labels
            ?? throw new ArgumentException("The network has classes, so the data set must have labels, but it has none.", nameof(data));
        CheckRange(labels, traits.Classes!.Value);
        return labels;
    }

    /// <summary>The labels to sample with: without any, the null class.</summary>
    /// <exception cref="ArgumentException">They are not one an image, or not among the network's classes, or there must be none or
    /// some.</exception>
    internal static IReadOnlyList<int>? ForSampling(NetworkTraits traits, IReadOnlyList<int>? labels, int count)
    {
        if (labels is not null && labels.Count != count)
            throw new ArgumentException($"There must be one label an image, but there are {labels.Count} labels for {count} images.", nameof(labels));
        if (traits.Classes is not { } classes)
            return labels;
        if (labels is null && classes > 0)
            return [.. Enumerable.Repeat(traits.NullClass ?? throw new ArgumentException(
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

    /// <summary>The condition of images first..first + count - 1; null where there are no labels.</summary>
    internal static Conditioning? Condition(IReadOnlyList<int>? labels, long first, long count, Device device) =>
        labels is null ? null : new() { Labels = ToTensor(labels.Skip((int)first).Take((int)count), device) };

    private static void CheckRange(IReadOnlyList<int> labels, int classes)
    {
        foreach (var label in labels)
            if (label < 0 || label >= classes)
                throw new ArgumentException(
                    $"Labels must be in 0..{classes - 1}, as the network has {classes} classes, but one is {label}.", nameof(labels));
    }
}
