namespace Ddpm;

/// <summary>Those images of a call that go through the network together: Count of them from the First on.</summary>
internal sealed record SamplingBatch(int First, int Count, INoiseSource Source, IReadOnlyList<int>? Labels)
{
    /// <summary>The draws of the batch: the start's is number 0.</summary>
    internal NoiseStream StartNoise() => new(Source, First);

    /// <summary>Those of the sampler follow, also where the start is given: it may be of draw 0 of the same seed.</summary>
    internal NoiseStream SamplerNoise() => new(Source, First, firstDraw: 1);

    /// <summary>
    /// All images of a call. Where noise comes from a source of the caller's it is one batch, so that draws do not depend on the batch size.
    /// </summary>
    internal static IEnumerable<SamplingBatch> Split(int count, SamplingOptions options)
    {
        var size = options.Noise is null ? Math.Min(options.BatchSize, count) : count;
        for (var first = 0; first < count; first += size)
            yield return Of(first, Math.Min(size, count - first), options);
    }

    internal static SamplingBatch Of(int first, int count, SamplingOptions options) =>
        new(first, count, options.Noise ?? new SeededNoise(options.Seed), options.Labels?.Skip(first).Take(count).ToArray());
}
