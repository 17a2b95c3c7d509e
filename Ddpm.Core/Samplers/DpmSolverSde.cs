namespace Ddpm.Samplers;

/// <summary>
/// DPM-Solver++ for the stochastic equation with a middle point (k-diffusion's dpmpp_sde, r = 1/2): noise on the way to the middle and in the step.
/// Two evaluations a step, one in the last.
/// </summary>
public sealed record DpmSolverSde : GridSampler
{
    /// <summary>Makes the sampler.</summary>
    /// <param name="steps">How many steps, evenly spaced in t unless <see cref="GridSampler.Spacing"/> says otherwise.</param>
    public DpmSolverSde(int steps = 18)
        : base(TimestepSpacing.Linspace(steps, whole: false))
    {
    }

    /// <summary>The share of the posterior's noise that is drawn anew, 0 to 1. 1 by default.</summary>
    public double Eta
    {
        get;
        init => field = CheckEta(value);
    } = 1;

    private protected override IRecipe Plan(DiffusionPath path, SamplingStart start) =>
        new TwoStageRecipe(FiniteGrid(path, start), SolverVariable.Data)
        {
            IsFirstOrder = (from, _) => from.Rho > FirstOrderAbove,
            Eta = Eta,
            DrawsAtTheMiddle = true,
        };
}
