using static TorchSharp.torch;

namespace Ddpm.Samplers;

/// <summary>
/// Liu et al. 2022 (PNDM): each move is DDIM's with a combined ε; three steps of Runge-Kutta (equation 13), or one of Euler improved, then
/// Adams-Bashforth (equation 12) on the number of the step. Steps before these are DDIM's own.
/// </summary>
internal sealed record PndmRecipe(IReadOnlyList<PndmStep> Steps, int PlainSteps, int RungeKuttaSteps) : IRecipe
{
    private static readonly SolverStep SolverStep = new(SolverVariable.Index);

    /// <summary>Without Runge-Kutta, the first step is Euler improved.</summary>
    private bool BeginsImproved => RungeKuttaSteps == 0 && Steps.Count > PlainSteps + 1;

    public int Evaluations => Steps.Count + 3 * RungeKuttaSteps + (BeginsImproved ? 1 : 0);

    public IEnumerable<SamplingFrame> Walk(SamplingRun run, Tensor x)
    {
        var history = new List<KnownValue>();
        for (var i = 0; i < Steps.Count; i++)
        {
            var (from, near, middle, to) = Steps[i];
            var p = run.Ask(x, from);
            if (i < PlainSteps)
            {
                x = Move(run, x, from, to, p.Epsilon);
                yield return run.Frame(to, x, p.X0);
                continue;
            }
            history.Insert(0, new(from, p.Epsilon));
            if (i < PlainSteps + RungeKuttaSteps)
            {
                var e1 = p.Epsilon;
                var y = Move(run, x, from, near, e1);
                yield return run.InnerFrame(near, y, p.X0);
                p = run.Ask(y, middle);
                var e2 = p.Epsilon;
                y = Move(run, x, from, middle, e2);
                yield return run.InnerFrame(middle, y, p.X0);
                p = run.Ask(y, middle);
                var e3 = p.Epsilon;
                y = Move(run, x, from, to, e3);
                yield return run.InnerFrame(to, y, p.X0);
                p = run.Ask(y, to);
                x = Move(run, x, from, to, run.Sum((1 / 6.0, e1), (1 / 3.0, e2), (1 / 3.0, e3), (1 / 6.0, p.Epsilon)));
            }
            else if (i == PlainSteps && BeginsImproved)
            {
                var y = Move(run, x, from, to, p.Epsilon);
                yield return run.InnerFrame(to, y, p.X0);
                var e1 = p.Epsilon;
                p = run.Ask(y, to);
                x = Move(run, x, from, to, run.Sum((0.5, e1), (0.5, p.Epsilon)));
            }
            else
            {
                x = SolverStep.Apply(run, x, from, to, [.. history.Take(4)]);
            }
            history.RemoveRange(Math.Min(3, history.Count), Math.Max(history.Count - 3, 0));
            yield return run.Frame(to, x, p.X0, history.Select(node => node.Value));
        }
    }

    private static Tensor Move(SamplingRun run, Tensor x, DiffusionPoint from, DiffusionPoint to, Tensor ε) =>
        SolverStep.Apply(run, x, from, to, [new(from, ε)]);
}
