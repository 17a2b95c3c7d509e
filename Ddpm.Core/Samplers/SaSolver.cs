namespace Ddpm.Samplers;

/// <summary>
/// SA-Solver (Xue et al. 2023): a stochastic Adams predictor, each step corrected by the next evaluation with the same noise. τ is 1 between 20% and
/// 80% of the process, else 0; it ends at step 0 of the process.
/// </summary>
public sealed record SaSolver : LambdaSampler
{
    /// <summary>Makes the sampler.</summary>
    /// <param name="steps">How many steps.</param>
    public SaSolver(int steps = 25)
        : base(steps) => End = SamplingEnd.FirstStep;

    /// <summary>The corrector's order, 1 to 3. 2 by default.</summary>
    public int CorrectorOrder
    {
        get;
        init => field = CheckOrder(value, 3);
    } = 2;

    private protected override IRecipe Plan(DiffusionPath path, SamplingStart start)
    {
        var grid = FiniteGrid(path, start);
        var n = grid.Length - 1;
        var steps = MatchesDiffusers ? 1000 : path.Steps;         // diffusers' window is that of 1,000 steps, whatever the process
        return new MultistepRecipe(grid, new SolverStep(SolverVariable.Data) { Second = SecondOrderRule.Z })
        {
            Order = OrderLoweredToOne(grid),
            Corrector = (i, _) => grid[i - 1].Rho > FirstOrderAbove
                ? null
                : Math.Min(Math.Min(CorrectorOrder, i + 1), LowerOrderFinal ? n - i + 2 : CorrectorOrder) - 1,
            Eta = at => at.T >= 0.2 * steps && at.T <= 0.8 * steps ? 1 : 0,
            Draws = true,
        };
    }
}
