namespace Ddpm;

/// <summary>
/// DPM-Solver++ singlestep (Lu et al. 2022): groups of 2 or 3 evaluations, each group a step of that order that needs no older values. Deterministic.
/// </summary>
public sealed record DpmSolverSinglestep : LambdaSampler
{
    /// <summary>Makes the sampler.</summary>
    /// <param name="steps">How many evaluations.</param>
    public DpmSolverSinglestep(int steps = 20)
        : base(steps) => LowerOrderFinal = false;

    /// <summary>How second-order steps use their values.</summary>
    public DpmSolverType Solver
    {
        get;
        init => field = Choice.Check(value, nameof(Solver), "The solver");
    }

    private protected override IRecipe Plan(DiffusionPath path, SamplingStart start)
    {
        var grid = LambdaGrid(path, start);
        return new SinglestepRecipe(grid, Orders(grid.Length - 1, grid[^1].Sigma == 0), new Leap(Clock.Data))
        {
            SecondOrder = new Leap(Clock.Data) { Second = Solver == DpmSolverType.Midpoint ? Bend.Half : Bend.None },
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
