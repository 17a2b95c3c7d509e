namespace Ddpm;

/// <summary>
/// SA-Solver (Xue et al. 2023): a stochastic Adams predictor, each step corrected by the next evaluation with the same noise. τ is 1 between 20% and
/// 80% of the process, else 0;
/// it ends at step 0 of the process.
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
        var grid = LambdaGrid(path, start);
        var n = grid.Length - 1;
        return new MultistepRecipe(grid, new Leap(Clock.Data) { Second = Bend.Z })
        {
            Order = FallingToOne(grid),
            Corrector = (i, _) => Math.Min(Math.Min(CorrectorOrder, i + 1), LowerOrderFinal ? n - i + 2 : CorrectorOrder) - 1,
            Eta = at => at.T >= 0.2 * path.Steps && at.T <= 0.8 * path.Steps ? 1 : 0,
            Draws = true,
        };
    }
}
