namespace Ddpm.Samplers;

/// <summary>
/// Ho et al. 2020, Algorithm 2 (DDPM), over all steps or a part of them. Between two points of the path the posterior q(x' | x, x_0) has
/// variance p = σ'² (1 - (σ'α/(α'σ))²) and mean α' x_0 + √(σ'² - p) ε, which for neighbouring steps is equation (7) (<see cref="Posterior"/>).
/// </summary>
public sealed record AncestralSampler : GridSampler
{
    /// <summary>Makes the sampler.</summary>
    /// <param name="variance">Which variance, where the network does not say it (<see cref="Parameterization.Variance"/>).</param>
    /// <param name="spacing">Which steps; null for all of them.</param>
    public AncestralSampler(AncestralVariance variance = AncestralVariance.FixedLarge, TimestepSpacing? spacing = null)
        : base(spacing ?? TimestepSpacing.All) =>
        Variance = variance;

    /// <summary>Which variance, where the network does not say it (<see cref="Parameterization.Variance"/>).</summary>
    public AncestralVariance Variance
    {
        get;
        init => field = EnumArgument.Check(value, nameof(Variance), "The variance");
    }

    private protected override IRecipe Plan(DiffusionPath path, SamplingStart start) =>
        new AncestralRecipe(Pairs(Grid(path, start))) { Eta = 1, Variance = Variance, DrawsLast = MatchesDiffusers };
}
