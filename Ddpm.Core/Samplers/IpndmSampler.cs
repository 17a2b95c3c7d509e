namespace Ddpm.Samplers;

/// <summary>
/// Adams-Bashforth on the number of the step, of order 1, 2, 3, then 4, so that each step needs one evaluation (Zhang and Chen 2023, iPNDM).
/// Deterministic.
/// </summary>
public sealed record IpndmSampler : GridSampler
{
    /// <summary>Makes the sampler.</summary>
    /// <param name="steps">How many steps.</param>
    public IpndmSampler(int steps = 20)
        : base(TimestepSpacing.Trailing(steps))
    {
    }

    private protected override IRecipe Plan(DiffusionPath path, SamplingStart start) =>
        new MultistepRecipe(FiniteGrid(path, start), new SolverStep(SolverVariable.Index))
        {
            Order = i => Math.Min(4, i + 1),
            BeginsWithNoise = MatchesDiffusers && start.T is null,
        };
}
