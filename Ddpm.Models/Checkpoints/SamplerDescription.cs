namespace Ddpm;

/// <summary>The ancestral or the DDIM sampler by its settings and steps.</summary>
internal sealed record SamplerDescription
{
    /// <summary>Of the ancestral sampler; absent: DDIM.</summary>
    public AncestralVariance? Variance { get; init; }

    /// <summary>Of DDIM.</summary>
    public double? Eta { get; init; }

    public bool? UseClippedOutput { get; init; }

    public SamplingEnd? End { get; init; }

    public bool? Compatible { get; init; }

    /// <summary>The steps it visits, from high to low; absent: all.</summary>
    public IReadOnlyList<int>? Steps { get; init; }

    /// <summary>Null for any other sampler, and for steps that are not whole: the folder is then read with the default sampler.</summary>
    internal static SamplerDescription? Of(ISampler sampler, DiffusionPath path)
    {
        if (sampler is not GridSampler { Spacing: var spacing } grid || !spacing.Select(path).All(point => double.IsInteger(point.T) && path.At((int)point.T) == point))
            return null;
        var common = new SamplerDescription
        {
            End = grid.End == SamplingEnd.Data ? null : grid.End,
            Compatible = grid.Compatible ? true : null,
            Steps = spacing == TimestepSpacing.All ? null : [.. spacing.Select(path).Select(point => (int)point.T)],
        };
        return sampler switch
        {
            AncestralSampler ancestral => common with { Variance = ancestral.Variance },
            DdimSampler ddim => common with { Eta = ddim.Eta, UseClippedOutput = ddim.UseClippedOutput ? true : null },
            _ => null,
        };
    }

    internal ISampler ToSampler()
    {
        var spacing = Steps is null ? TimestepSpacing.All : TimestepSpacing.List([.. Steps]);
        var (end, compatible) = (End ?? SamplingEnd.Data, Compatible ?? false);
        return Variance is { } variance
            ? new AncestralSampler(variance, spacing) { End = end, Compatible = compatible }
            : new DdimSampler { Spacing = spacing, Eta = Eta ?? 0, UseClippedOutput = UseClippedOutput ?? false, End = end, Compatible = compatible };
    }
}
