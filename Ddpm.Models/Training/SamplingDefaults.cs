using Ddpm.Networks;

namespace Ddpm.Training;

/// <summary>How images are drawn that show a run: so that those of different steps can be compared.</summary>
internal static class SamplingDefaults
{
    /// <summary>Of one seed, and class by class, where the caller does not say.</summary>
    internal static SamplingOptions Repeatable(SamplingOptions? given, NetworkTraits traits, int count)
    {
        var sampling = (given ?? new()) with { Seed = given?.Seed ?? 0 };
        return sampling.Labels is null && traits is { Classes: > 0 and var classes }
            ? sampling with { Labels = [.. Enumerable.Range(0, count).Select(i => i % classes)] }
            : sampling;
    }
}
