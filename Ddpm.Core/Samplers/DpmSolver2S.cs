namespace Ddpm.Samplers;

/// <summary>
/// DPM-Solver++(2S) (Lu et al. 2022, DPM-Solver++, algorithm 1), by default ancestral as k-diffusion's dpmpp_2s_ancestral. Two evaluations a step,
/// one in the last.
/// </summary>
public sealed record DpmSolver2S : GridSampler
{
    /// <summary>Makes the sampler.</summary>
    /// <param name="steps">How many steps, evenly spaced in t unless <see cref="GridSampler.Spacing"/> says otherwise.</param>
    public DpmSolver2S(int steps = 18)
        : base(TimestepSpacing.Linspace(steps, whole: false))
    {
    }

    /// <summary>The share of the posterior's noise that is drawn anew in each step, 0 to 1. 1 by default; 0 is deterministic.</summary>
    public double Eta
    {
        get;
        init => field = CheckEta(value);
    } = 1;

    private protected override IRecipe Plan(DiffusionPath path, SamplingStart start) =>
        new TwoStageRecipe(FiniteGrid(path, start), SolverVariable.Data) { IsFirstOrder = (from, _) => from.Rho > FirstOrderAbove, Eta = Eta };
}
