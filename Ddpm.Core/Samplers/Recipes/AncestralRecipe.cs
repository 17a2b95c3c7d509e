using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// x' = α' x_0 + √(σ'² - s²) ε + std z with s² = η² p, p the posterior's variance (Song et al. 2021, DDIM, equations 12 and 16): DDPM for η = 1,
/// the probability flow's Euler step for η = 0.
/// </summary>
internal sealed record AncestralRecipe(IReadOnlyList<(DiffusionPoint From, DiffusionPoint To)> Steps) : IRecipe
{
    internal double Eta { get; init; }

    /// <summary>std; s itself if null.</summary>
    internal AncestralVariance? Variance { get; init; }

    /// <summary>A last step that does not begin at step 0 adds noise too, as in diffusers.</summary>
    internal bool DrawsLast { get; init; }

    /// <summary>ε stays what the network said where x_0 is clipped.</summary>
    internal bool KeepEpsilon { get; init; }

    internal Churn? Churn { get; init; }

    /// <summary>The network is asked before the churn, as diffusers does.</summary>
    internal bool AsksBeforeChurn { get; init; }

    public int Evaluations => Steps.Count;

    public IEnumerable<SamplingFrame> Walk(SamplingRun run, Tensor x)
    {
        foreach (var step in Steps)
        {
            var (from, to) = step;
            Prediction p;
            if (AsksBeforeChurn)
            {
                var ε = run.Ask(x, from, KeepEpsilon).Epsilon;
                (x, from) = AddChurn(run, x, from);
                p = new(run.Sum((1 / from.Alpha, x), (-from.Rho, ε)), ε, null);
            }
            else
            {
                (x, from) = AddChurn(run, x, from);
                p = run.Ask(x, from, KeepEpsilon);
            }
            x = Step(run, x, from, to, p);
            yield return run.Frame(to, x, p.X0);
        }
    }

    private (Tensor X, DiffusionPoint At) AddChurn(SamplingRun run, Tensor x, DiffusionPoint at) =>
        Churn is null ? (x, at) : Churn.Apply(run, x, at, Steps.Count, drawsAlways: !AsksBeforeChurn);

    private Tensor Step(SamplingRun run, Tensor x, DiffusionPoint from, DiffusionPoint to, Prediction p)
    {
        var s = Eta * Math.Sqrt(Ancestry.Posterior(from, to));
        var mean = run.Sum((to.Alpha, p.X0), (Math.Sqrt(Math.Max(to.Sigma * to.Sigma - s * s, 0)), p.Epsilon));
        if (to.Sigma == 0 && !(DrawsLast && from.T > 0))        // Algorithm 2, line 3: z = 0 in the last step
            return mean;
        switch (Variance)
        {
            case null or AncestralVariance.FixedSmall:
                return s > 0 ? run.Sum((1, mean), (s, run.Draw(x))) : mean;
            case AncestralVariance.FixedLarge:
                return run.Sum((1, mean), (Math.Sqrt(Ancestry.Beta(from, to)), run.Draw(x)));
            default:
                var z = run.Draw(x);
                return run.Compute(() => mean + Deviation(p.Variance, from, to) * z);
        }
    }

    private Tensor Deviation(Tensor? channels, DiffusionPoint from, DiffusionPoint to)
    {
        var (small, large) = (Math.Log(Math.Max(Ancestry.Posterior(from, to), 1e-20)), Math.Log(Ancestry.Beta(from, to)));
        return (Ancestry.LogVariance(Variance!.Value, channels, small, large) / 2).exp();
    }
}
