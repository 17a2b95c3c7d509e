namespace Ddpm.Samplers;

/// <summary>
/// Song et al. 2021, "Denoising Diffusion Implicit Models", equation (12): ancestral steps with any share η of the posterior's noise; 0 is
/// deterministic.
/// </summary>
public sealed record DdimSampler : GridSampler
{
    /// <summary>Makes the sampler.</summary>
    /// <param name="steps">How many steps; multiples of ⌊T/n⌋ unless <see cref="GridSampler.Spacing"/> says otherwise.</param>
    public DdimSampler(int steps = 50)
        : base(TimestepSpacing.Leading(steps))
    {
    }

    /// <summary>η, 0 to 1: 0 (the default) is deterministic, 1 is DDPM with its small variance.</summary>
    public double Eta
    {
        get;
        init => field = CheckEta(value);
    }

    /// <summary>
    /// Whether ε follows x_0 where that is clipped, so that x = α x_0 + σ ε (diffusers' use_clipped_model_output, which is off there).
    /// Yes by default: without it a step does not start where x is, and where much is clipped the images get the worse the more steps there are.
    /// </summary>
    public bool UseClippedOutput { get; init; } = true;

    private protected override IRecipe Plan(DiffusionPath path, SamplingStart start)
    {
        var steps = Pairs(Grid(path, start));
        if (MatchesDiffusers)
            steps = [.. steps.Select((step, i) => i == 0 && start.T is not null ? step : (step.From, Earlier(path, step.From)))];
        return new AncestralRecipe(steps) { Eta = Eta, KeepEpsilon = !UseClippedOutput };
    }

    // diffusers goes ⌊T/n⌋ steps back, which for linspace and some trailing spacings is not the next step visited
    private DiffusionPoint Earlier(DiffusionPath path, DiffusionPoint from)
    {
        var t = (int)from.T - path.Steps / (Spacing.Count ?? path.Steps);
        return t >= 0 ? path.At(t) : Last(path);
    }
}
