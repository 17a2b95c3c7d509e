namespace Ddpm;

/// <summary>What the samplers share: the steps that they visit and where these end. Every state is x = α x_0 + σ ε with α² + σ² = 1, whatever the sampler.</summary>
public abstract record GridSampler : ISampler
{
    private readonly TimestepSpacing spacing;
    private readonly SamplingEnd end;

    private protected GridSampler(TimestepSpacing spacing) => this.spacing = spacing;

    /// <summary>Which steps.</summary>
    public TimestepSpacing Spacing
    {
        get => spacing;
        init => spacing = value ?? throw new ArgumentNullException(nameof(Spacing));
    }

    /// <summary>Where the last step leads.</summary>
    public SamplingEnd End
    {
        get => end;
        init => end = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(End), value, "The end must be one of SamplingEnd.");
    }

    /// <summary>Whether to compute as diffusers does where it differs from the papers; docs/samplers.md lists the differences. No by default.</summary>
    public bool Compatible { get; init; }

    /// <inheritdoc/>
    public void Check(DiffusionPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        Spacing.Select(path);
    }

    /// <inheritdoc/>
    public IEnumerable<SamplingFrame> Run(Predictor predictor, SamplingStart start, INoiseSource noise)
    {
        ArgumentNullException.ThrowIfNull(predictor);
        ArgumentNullException.ThrowIfNull(noise);
        return Frames(Plan(predictor.Path, start), predictor, start, noise);
    }

    /// <summary>The recipe for one run.</summary>
    private protected abstract IRecipe Plan(DiffusionPath path, SamplingStart start);

    /// <summary>The visited points and the end, falling.</summary>
    private protected DiffusionPoint[] Grid(DiffusionPath path, SamplingStart start)
    {
        var points = Spacing.From(start, path);
        var last = Last(path);
        return [.. points.Where((point, i) => i == 0 || point.Rho > last.Rho), last];
    }

    /// <summary>From each point to the next.</summary>
    private protected static (DiffusionPoint From, DiffusionPoint To)[] Pairs(DiffusionPoint[] grid) => [.. grid.Zip(grid.Skip(1))];

    private protected DiffusionPoint Last(DiffusionPath path) => End == SamplingEnd.Data ? DiffusionPoint.Data : path.At(0) with { T = -1 };

    private static IEnumerable<SamplingFrame> Frames(IRecipe recipe, Predictor predictor, SamplingStart start, INoiseSource noise)
    {
        using var run = new SamplingRun(predictor, noise, recipe.Evaluations);
        foreach (var frame in recipe.Walk(run, run.Begin(start)))
            yield return frame;
    }
}
