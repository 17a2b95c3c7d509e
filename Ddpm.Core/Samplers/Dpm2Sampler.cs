namespace Ddpm.Samplers;

/// <summary>
/// DPM-Solver-2 as k-diffusion has it ("DPM2", KDPM2 in diffusers): the midpoint in ln ρ. With <see cref="Eta"/> 1 it is "DPM2 ancestral". Two
/// evaluations a step, one in the last.
/// </summary>
public sealed record Dpm2Sampler : GridSampler
{
    /// <summary>Makes the sampler.</summary>
    /// <param name="steps">How many steps, evenly spaced in t unless <see cref="GridSampler.Spacing"/> says otherwise.</param>
    public Dpm2Sampler(int steps = 18)
        : base(TimestepSpacing.Linspace(steps, whole: false))
    {
    }

    /// <summary>The share of the posterior's noise that is drawn anew in each step, 0 to 1. 0 by default.</summary>
    public double Eta
    {
        get;
        init => field = CheckEta(value);
    }

    /// <summary>Noise added before each step; null by default: none.</summary>
    public Churn? Churn { get; init; }

    // At the levels, but not between them.
    private protected override double ModelTimestep(double t) =>
        MatchesDiffusers && Spacing.DiffusersRounding == TimestepRounding.Nearest ? Math.Round(t) : t;

    private protected override IRecipe Plan(DiffusionPath path, SamplingStart start) =>
        new TwoStageRecipe(FiniteGrid(path, start), SolverVariable.Noise) { IsFirstOrder = IsTooLongToRefine, Eta = Eta, Churn = Churn };
}
