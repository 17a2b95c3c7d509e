namespace Ddpm.Samplers;

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
        init => field = EnumArgument.Check(value, nameof(Variant), "The variant");
    }

    /// <summary>Whether x_0 is extrapolated (the default) or ε.</summary>
    public bool DataPrediction { get; init; } = true;

    /// <summary>Steps, 0-based, that are not corrected: the first ones with strong guidance. None by default.</summary>
    public IReadOnlyList<int> Uncorrected { get; init => field = EquatableList.Of(value); } = EquatableList.Of<int>([]);

    private protected override IRecipe Plan(DiffusionPath path, SamplingStart start)
    {
        var grid = FiniteGrid(path, start);
        var solverStep = new SolverStep(DataPrediction ? SolverVariable.Data : SolverVariable.Noise)
        {
            Second = Variant == UniPcVariant.Bh2 ? SecondOrderRule.Half : SecondOrderRule.Z,
        };
        return new MultistepRecipe(grid, solverStep)
        {
            Order = OrderLoweredToOne(grid),
            Corrector = (i, used) => Uncorrected.Contains(i - 1) || IsFirstOrder(grid[i - 1], grid[i]) ? null : used,
        };

        bool IsFirstOrder(DiffusionPoint from, DiffusionPoint to) => DataPrediction ? from.Rho > FirstOrderAbove : IsTooLongToRefine(from, to);
    }
}
