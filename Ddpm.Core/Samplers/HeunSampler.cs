namespace Ddpm.Samplers;

/// <summary>
/// Heun's method for the probability flow in ρ, with churn if wanted (Karras et al. 2022, algorithms 1 and 2: the sampler of EDM). Two evaluations a
/// step, one in the last.
/// </summary>
public sealed record HeunSampler : GridSampler
{
    /// <summary>Makes the sampler.</summary>
    /// <param name="steps">How many steps, evenly spaced in t unless <see cref="GridSampler.Spacing"/> says otherwise.</param>
    public HeunSampler(int steps = 18)
        : base(TimestepSpacing.Linspace(steps, whole: false))
    {
    }

    /// <summary>Noise added before each step; null by default: none.</summary>
    public Churn? Churn { get; init; }

    /// <summary>
    /// Whether the method is applied to the line of flow matching, dz/dτ = ε - x_0 with z = (1 - τ) x_0 + τ ε, instead of in ρ: right for networks
    /// that say that velocity. No by default.
    /// </summary>
    public bool InFlowTime { get; init; }

    private protected override IRecipe Plan(DiffusionPath path, SamplingStart start) => InFlowTime
        ? new TwoStageRecipe(Grid(path, start), SolverVariable.FlowTime) { IsFirstOrder = (_, _) => false, Churn = Churn }
        : new TwoStageRecipe(FiniteGrid(path, start), SolverVariable.Rho) { IsFirstOrder = IsTooLongToRefine, Churn = Churn };
}
