namespace Ddpm.Samplers;

/// <summary>Linear multistep in ρ (k-diffusion's LMS, Adams-Bashforth with uneven steps): deterministic, one evaluation a step.</summary>
public sealed record LmsSampler : GridSampler
{
    /// <summary>Makes the sampler.</summary>
    /// <param name="steps">How many steps, evenly spaced in t unless <see cref="GridSampler.Spacing"/> says otherwise.</param>
    public LmsSampler(int steps = 30)
        : base(TimestepSpacing.Linspace(steps, whole: false))
    {
    }

    /// <summary>How many values of ε a step uses at most, 1 to 4. 4 by default.</summary>
    public int Order
    {
        get;
        init => field = CheckOrder(value, 4);
    } = 4;

    private protected override IRecipe Plan(DiffusionPath path, SamplingStart start) =>
        new MultistepRecipe(FiniteGrid(path, start), new SolverStep(SolverVariable.Rho)) { Order = i => Math.Min(Order, i + 1) };
}
