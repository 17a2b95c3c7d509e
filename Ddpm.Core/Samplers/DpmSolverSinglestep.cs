namespace Ddpm.Samplers;

/// <summary>
/// DPM-Solver++ singlestep (Lu et al. 2022): groups of 2 or 3 evaluations, each group a step of that order that needs no older values. Deterministic.
/// </summary>
public sealed record DpmSolverSinglestep : LambdaSampler
{
    /// <summary>Makes the sampler.</summary>
    /// <param name="steps">How many evaluations.</param>
    public DpmSolverSinglestep(int steps = 20)
        : base(steps) => LowerOrderFinal = false;

    /// <summary>Whether x_0 is extrapolated (DPM-Solver++, the default) or ε (DPM-Solver).</summary>
    public bool DataPrediction { get; init; } = true;

    /// <summary>
    /// How steps of second and third order use their values: those of third order all three of them with <see cref="DpmSolverType.Heun"/>.
    /// </summary>
    public DpmSolverType Solver
    {
        get;
        init => field = EnumArgument.Check(value, nameof(Solver), "The solver");
    }

    private protected override IRecipe Plan(DiffusionPath path, SamplingStart start)
    {
        var grid = FiniteGrid(path, start);
        var exact = new SolverStep(DataPrediction ? SolverVariable.Data : SolverVariable.Noise);
        return new SinglestepRecipe(grid, Orders(grid.Length - 1, grid[^1].Sigma == 0), exact)
        {
            SecondOrder = Solver == DpmSolverType.Midpoint ? exact with { Second = SecondOrderRule.Half } : exact,
            UsesMiddle = Solver == DpmSolverType.Heun,
        };
    }

    // 1 … q again and again; a last group that would end too boldly becomes 1, 1 or 1, 2, 1
    private int[] Orders(int n, bool endsAtData)
    {
        int[] orders = [.. Enumerable.Range(0, n).Select(i => i % Order + 1)];
        if (endsAtData || (LowerOrderFinal && n % Order == 0))
            orders[^1] = 1;
        return orders;
    }
}
