using static TorchSharp.torch;

namespace Ddpm.Samplers;

/// <summary>
/// One evaluation a step; the polynomial goes through the newest values. A corrector (Zhao et al. 2023, UniPC, algorithm 1) then repeats the step
/// before with the new
/// value among its nodes, from the same x and with the same noise; the network is not asked again.
/// </summary>
internal sealed record MultistepRecipe(IReadOnlyList<DiffusionPoint> Grid, SolverStep SolverStep) : IRecipe
{
    private const int LongestHistory = 4;

    /// <summary>How many values step i uses, its own included.</summary>
    internal required Func<int, int> Order { get; init; }

    /// <summary>How many old values join the new one when the step before step i is corrected, given how many it used; null: it is not.</summary>
    internal Func<int, int, int?> Corrector { get; init; } = (_, _) => null;

    /// <summary>η of the step from a point.</summary>
    internal Func<DiffusionPoint, double> Eta { get; init; } = _ => 0;

    /// <summary>Whether each step draws noise, used or not.</summary>
    internal bool Draws { get; init; }

    /// <summary>The first step takes x itself for ε, and 0 for x_0.</summary>
    internal bool BeginsWithNoise { get; init; }

    public int Evaluations => Grid.Count - 1;

    public IEnumerable<SamplingFrame> Walk(SamplingRun run, Tensor x)
    {
        var history = new List<KnownValue>();
        Tensor? before = null, z = null;
        var order = 0;
        for (var i = 0; i < Evaluations; i++)
        {
            var (from, to) = (Grid[i], Grid[i + 1]);
            var p = run.Ask(x, from);
            var own = new KnownValue(from, BeginsWithNoise && i == 0 ? x : SolverStep.Value(run, p));
            if (i > 0 && Corrector(i, order) is { } count)
                x = SolverStep.Apply(run, before!, Grid[i - 1], from, [.. history.Take(count), own], Eta(Grid[i - 1]), z);
            history.Insert(0, own);
            history.RemoveRange(Math.Min(LongestHistory, history.Count), Math.Max(history.Count - LongestHistory, 0));
            order = Order(i);
            z = Draws ? run.Draw(x) : null;
            before = x;
            x = BeginsWithNoise && i == 0 ? run.Sum((to.Sigma, x)) : SolverStep.Apply(run, x, from, to, [.. history.Take(order)], Eta(from), z);
            yield return run.Frame(to, x, p.X0, [before, .. z is null ? [] : new[] { z }, .. history.Select(node => node.Value)]);
        }
    }
}
