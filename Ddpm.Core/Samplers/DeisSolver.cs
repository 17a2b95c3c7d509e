namespace Ddpm.Samplers;

/// <summary>
/// DEIS (Zhang and Chen 2023) with polynomials in ln ρ: ε is extrapolated by the exact integral. Deterministic; it ends at step 0 of the process.
/// </summary>
public sealed record DeisSolver : LambdaSampler
{
    /// <summary>Makes the sampler.</summary>
    /// <param name="steps">How many steps.</param>
    public DeisSolver(int steps = 20)
        : base(steps) => End = SamplingEnd.FirstStep;

    private protected override IRecipe Plan(DiffusionPath path, SamplingStart start)
    {
        var grid = FiniteGrid(path, start);
        return new MultistepRecipe(grid, new SolverStep(SolverVariable.Noise)) { Order = OrderLoweredInShortRuns(grid, eulerAtFinal: false) };
    }
}
