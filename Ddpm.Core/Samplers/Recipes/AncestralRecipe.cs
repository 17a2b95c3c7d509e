using Ddpm.Denoising;
using static TorchSharp.torch;

namespace Ddpm.Samplers;

/// <summary>
/// x' = α' x_0 + √(σ'² - s²) ε + std z with s² = η² p, p the posterior's variance (Song et al. 2021, DDIM, equations 12 and 16): DDPM for η = 1,
/// the probability flow's Euler step for η = 0.
/// </summary>
internal sealed record AncestralRecipe(IReadOnlyList<(DiffusionPoint From, DiffusionPoint To)> Steps) : IRecipe
{
    // In a step to the data the posterior has no variance; as diffusers has it, the logarithm is of this.
    private const double SmallestVariance = 1e-20;

    internal double Eta { get; init; }

    /// <summary>DDPM's own steps, with this variance where the network does not say it; null: s is the deviation.</summary>
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
        var posterior = new Posterior(from, to);
        if (Variance is { } variance)
            return Draw(run, x, posterior, p, variance);
        var s = Eta * Math.Sqrt(posterior.Variance);
        var mean = run.Sum((to.Alpha, p.X0), (Math.Sqrt(Math.Max(to.Sigma * to.Sigma - s * s, 0)), p.Epsilon));
        return s > 0 && to.Sigma > 0 ? run.Sum((1, mean), (s, run.Draw(x))) : mean;
    }

    // Ho et al. 2020, Algorithm 2, by equation (7): z = 0 in the last step.
    private Tensor Draw(SamplingRun run, Tensor x, Posterior posterior, Prediction p, AncestralVariance variance)
    {
        var mean = run.Compute(() => posterior.Mean(x, p.X0));
        if (posterior.To.Sigma == 0 && !(DrawsLast && posterior.From.T > 0))
            return mean;
        var (small, large) = (Math.Max(posterior.Variance, SmallestVariance), posterior.Beta);
        if (run.Parameterization is { Variance: not LearnedVariance.None } learned)
        {
            var z = run.Draw(x);
            return run.Compute(() =>
                mean.Plus(learned.LogVariance(p.Variance, Math.Log(small), Math.Log(large) - Math.Log(small)).Over(2).exp() * z));
        }
        var s = Math.Sqrt(variance == AncestralVariance.FixedLarge ? large : posterior.Variance);
        return s > 0 ? run.Sum((1, mean), (s, run.Draw(x))) : mean;
    }
}
