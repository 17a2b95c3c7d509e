namespace Ddpm;

/// <summary>
/// UniPC (Zhao et al. 2023): a multistep predictor whose every step is corrected by the next evaluation, at no further cost. Deterministic.
/// </summary>
public sealed record UniPcSolver : LambdaSampler
{
    /// <summary>Makes the sampler.</summary>
    /// <param name="steps">How many steps.</param>
    public UniPcSolver(int steps = 20)
        : base(steps)
    {
    }

    /// <summary>Which B(h).</summary>
    public UniPcVariant Variant
    {
        get;
        init => field = Choice.Check(value, nameof(Variant), "The variant");
    }

    /// <summary>Whether x_0 is extrapolated (the default) or ε.</summary>
    public bool DataPrediction { get; init; } = true;

    /// <summary>Steps, 0-based, that are not corrected: the first ones with strong guidance. None by default.</summary>
    public IReadOnlyList<int> Uncorrected { get; init; } = [];

    private protected override IRecipe Plan(DiffusionPath path, SamplingStart start)
    {
        var grid = FiniteGrid(path, start);
        var leap = new Leap(DataPrediction ? Clock.Data : Clock.Noise) { Second = Variant == UniPcVariant.Bh2 ? Bend.Half : Bend.Z };
        return new MultistepRecipe(grid, leap)
        {
            Order = FallingToOne(grid),
            Corrector = (i, used) => Uncorrected.Contains(i - 1) || IsPlain(grid[i - 1], grid[i]) ? null : used,
        };

        bool IsPlain(DiffusionPoint from, DiffusionPoint to) => DataPrediction ? from.Rho > FirstOrderAbove : IsTooLongToRefine(from, to);
    }
}
