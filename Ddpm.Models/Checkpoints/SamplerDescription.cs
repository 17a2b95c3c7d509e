namespace Ddpm;

/// <summary>The ancestral sampler by its variance and steps.</summary>
internal sealed record SamplerDescription
{
    public required AncestralVariance Variance { get; init; }

    /// <summary>The steps it visits, from high to low; absent: all.</summary>
    public IReadOnlyList<int>? Steps { get; init; }

    internal static SamplerDescription? Of(ISampler sampler, int steps) => sampler is AncestralSampler ancestral
        ? new() { Variance = ancestral.Variance, Steps = ancestral.Spacing == TimestepSpacing.All ? null : ancestral.Spacing.Select(steps) }
        : null;

    internal AncestralSampler ToSampler() => new(Variance, Steps is null ? null : TimestepSpacing.List([.. Steps]));
}
