using Ddpm.Imaging;
using Ddpm.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>What a run's images are conditioned on, beside labels.</summary>
internal static class SamplingConditions
{
    /// <exception cref="ArgumentException">Something is given that the network does not take, or not given that it needs, or of another
    /// shape.</exception>
    internal static void Check(NetworkTraits traits, Conditioning? given, int count)
    {
        if (given?.Labels is not null || given?.Estimate is not null)
            throw new ArgumentException(
                $"Labels are given by {nameof(SamplingOptions)}.{nameof(SamplingOptions.Labels)} and the sampler makes the estimate, so that the "
                + "conditioning must have neither, but has one.", nameof(given));
        Check(given?.Embedding, nameof(Conditioning.Embedding), traits.EmbeddingWidth, count, dimensions: 2);
        Check(given?.Image, nameof(Conditioning.Image), traits.ConditionChannels, count, dimensions: 4);
    }

    private static void Check(Tensor? given, string name, int width, int count, int dimensions)
    {
        if (given is null == width > 0)
            throw new ArgumentException(
                width > 0 ? $"The network must be given {name} of width {width}, but none was given."
                : $"{name} was given, but the network takes none.");
        if (given is not null && (given.dim() != dimensions || given.shape[0] != count || given.shape[1] != width || !given.is_floating_point()))
            throw new ArgumentException(
                $"{name} must be [{count}, {width}{(dimensions == 4 ? ", H, W" : "")}] of floating-point numbers, but is {Batch.Extents(given)} of "
                + $"{given.dtype}.");
    }
}
