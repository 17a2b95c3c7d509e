namespace Ddpm.Samplers;

/// <summary>What solvers of higher order in λ share (DPM-Solver, UniPC, DEIS, SA-Solver): the order, and how it falls at the end.</summary>
public abstract record LambdaSampler : GridSampler
{
    /// <summary>Below so many steps the last orders fall (Lu et al. 2022, DPM-Solver++, appendix C).</summary>
    private const int FewSteps = 15;

    private protected LambdaSampler(int steps)
        : base(TimestepSpacing.Linspace(steps, excludeLast: true))
    {
    }

    /// <summary>The order, 1 to 3: how many values a step uses at most. 2 by default.</summary>
    public int Order
    {
        get;
        init => field = CheckOrder(value, 3);
    } = 2;

    /// <summary>Whether the last steps use fewer values, where these would overshoot.</summary>
    public bool LowerOrderFinal { get; init; } = true;

    /// <summary>The order of step i: it rises from 1; in runs of fewer than 15 steps it falls at the end; a step to the data is of order 1.</summary>
    private protected Func<int, int> OrderLoweredInShortRuns(IReadOnlyList<DiffusionPoint> grid, bool eulerAtFinal)
    {
        var n = grid.Count - 1;
        var few = LowerOrderFinal && n < FewSteps;
        return i =>
            i == n - 1 && (few || eulerAtFinal || grid[n].Sigma == 0) ? 1
            : Math.Min(Math.Min(Order, i + 1), few && i == n - 2 ? 2 : Order);
    }

    /// <summary>The order of step i: it rises from 1 and falls to 1.</summary>
    private protected Func<int, int> OrderLoweredToOne(IReadOnlyList<DiffusionPoint> grid)
    {
        var n = grid.Count - 1;
        return i => i == n - 1 && grid[n].Sigma == 0 ? 1 : Math.Min(Math.Min(Order, i + 1), LowerOrderFinal ? n - i : Order);
    }

    // Whole steps at levels too.
    private protected override double ModelTimestep(double t) =>
        !MatchesDiffusers ? t : Spacing.DiffusersRounding == TimestepRounding.Down ? Math.Floor(t + 1e-6) : Math.Round(t);
}
