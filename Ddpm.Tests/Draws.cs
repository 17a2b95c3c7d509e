using static TorchSharp.torch;

namespace Ddpm.Tests;

/// <summary>Draws of a source, where a test needs no more than the first of a run.</summary>
internal static class Draws
{
    internal static Tensor Draw(this INoiseSource source, ReadOnlySpan<long> shape) => new NoiseStream(source).Draw(shape);

    /// <summary>Any draw of any images.</summary>
    internal static Tensor Draw(this INoiseSource source, ReadOnlySpan<long> shape, long firstImage, long draw) =>
        new NoiseStream(source, firstImage, draw).Draw(shape);

    /// <summary>A run whose sampler takes the draws 0, 1, …</summary>
    internal static IEnumerable<SamplingFrame> Run(this ISampler sampler, Predictor predictor, SamplingStart start, INoiseSource source) =>
        sampler.Run(predictor, start, new NoiseStream(source));
}
