using Ddpm.Networks;
using Ddpm.Noise;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// Those images of a call that go through the network together: Count of them from the First on, whose noise is that of the image of this Number.
/// </summary>
internal sealed record SamplingBatch(
    int First, int Count, long Number, INoiseSource Source, IReadOnlyList<int>? Labels, Conditioning? Conditioning)
{
    /// <summary>The draws of the batch: the start's is number 0.</summary>
    internal NoiseStream StartNoise() => new(Source, Number);

    /// <summary>Those of the sampler follow, also where the start is given: it may be of draw 0 of the same seed.</summary>
    internal NoiseStream SamplerNoise() => new(Source, Number, firstDraw: 1);

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
        new(
            first, count, options.FirstImage + first, options.Noise ?? new SeededNoise(options.Seed!.Value),
            options.Labels?.Skip(first).Take(count).ToArray(), options.Conditioning);

    /// <summary>What the network is given of the batch's images; it belongs to no dispose scope: the caller frees it. null: nothing.</summary>
    internal Conditioning? ConditioningOn(Device device)
    {
        if (Labels is null && Conditioning is null)
            return null;
        using var scope = NewDisposeScope();
        var given = (Conditioning ?? new()).Narrow(First, Count).Map(each =>
            each.to(ScalarType.Float32, device, copy: true).DetachFromDisposeScope());
        return given with { Labels = Labels is null ? null : ClassLabels.ToTensor(Labels, device).DetachFromDisposeScope() };
    }
}
