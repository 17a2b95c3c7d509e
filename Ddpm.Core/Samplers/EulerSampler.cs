namespace Ddpm.Samplers;

/// <summary>
/// Euler's method for the probability flow in ρ (Karras et al. 2022): DDIM's steps at fractional t, with churn if wanted. With <see cref="Eta"/> 1 it
/// is "Euler ancestral".
/// </summary>
public sealed record EulerSampler : GridSampler
{
    /// <summary>Makes the sampler.</summary>
    /// <param name="steps">How many steps, evenly spaced in t unless <see cref="GridSampler.Spacing"/> says otherwise.</param>
    public EulerSampler(int steps = 30)
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

    private protected override IRecipe Plan(DiffusionPath path, SamplingStart start) =>
        new AncestralRecipe(Pairs(Grid(path, start))) { Eta = Eta, Churn = Churn, AsksBeforeChurn = MatchesDiffusers && Churn is not null };
}
