using static TorchSharp.torch;

namespace Ddpm.Samplers;

/// <summary>
/// Two evaluations a step: one where it starts, one at a middle point, whose value alone (or with the first, for Heun) gives the step. With η &gt; 0
/// the step leads to less
/// noise than it should, and the rest is drawn: ρ_down² = ρ'² - η² p. A step to the data needs one evaluation: x' = x_0.
/// </summary>
internal sealed record TwoStageRecipe(IReadOnlyList<DiffusionPoint> Grid, SolverVariable SolverVariable) : IRecipe
{
    private readonly SolverStep solverStep = new(SolverVariable);

    private bool IsTrapezoid => SolverVariable is SolverVariable.Rho or SolverVariable.FlowTime;

    internal double Eta { get; init; }

    internal Churn? Churn { get; init; }

    /// <summary>Whether the way to the middle is stochastic too (DPM-Solver++ SDE, r = 1/2).</summary>
    internal bool DrawsAtTheMiddle { get; init; }

    /// <summary>Whether a step is of first order, without a middle.</summary>
    internal required Func<DiffusionPoint, DiffusionPoint, bool> IsFirstOrder { get; init; }

    public int Evaluations => Grid.Zip(Grid.Skip(1), (from, to) => to.Sigma == 0 || IsFirstOrder(from, to) ? 1 : 2).Sum();

    public IEnumerable<SamplingFrame> Walk(SamplingRun run, Tensor x)
    {
        for (var i = 0; i < Grid.Count - 1; i++)
        {
            var (from, to) = (Grid[i], Grid[i + 1]);
            if (Churn is not null)
                (x, from) = Churn.Apply(run, x, from, Grid.Count - 1, drawsAlways: true);
            var p = run.Ask(x, from);
            var own = new KnownValue(from, solverStep.Value(run, p));
            var (down, up) = Split(from, to);
            if (to.Sigma == 0)
            {
                x = p.X0;
                yield return run.Frame(to, x, p.X0);
                continue;
            }

            KnownValue[] nodes = [own];
            if (!IsFirstOrder(Grid[i], to))
            {
                var (y, middle) = ToTheMiddle(run, x, own, down, to);
                yield return run.InnerFrame(middle, y, p.X0);
                p = run.Ask(y, middle);
                var second = new KnownValue(middle, solverStep.Value(run, p));
                nodes = IsTrapezoid ? [own, second] : [second];          // the midpoint rule
            }
            x = solverStep.Apply(run, x, from, down, nodes);
            if (up > 0)
                x = run.Sum((1, x), (up, run.Draw(x)));
            yield return run.Frame(to, x, p.X0);
        }
    }

    private (Tensor Y, DiffusionPoint Middle) ToTheMiddle(SamplingRun run, Tensor x, KnownValue own, DiffusionPoint down, DiffusionPoint to)
    {
        var from = own.At;
        if (IsTrapezoid)                                            // Heun: the middle is the end
            return (solverStep.Apply(run, x, from, down, [own]), to);
        var middle = run.Path.AtRho(Math.Sqrt(from.Rho * (DrawsAtTheMiddle ? to : down).Rho));
        if (!DrawsAtTheMiddle)
            return (solverStep.Apply(run, x, from, middle, [own]), middle);
        var (low, up) = Split(from, middle);
        var y = solverStep.Apply(run, x, from, low, [own]);
        return (run.Sum((1, y), (up, run.Draw(x))), middle);
    }

    private (DiffusionPoint Down, double Up) Split(DiffusionPoint from, DiffusionPoint to)
    {
        var up = Eta * Math.Sqrt(new Posterior(from, to).Variance);
        return (to with { Sigma = Math.Sqrt(to.Sigma * to.Sigma - up * up) }, up);
    }
}
