using static TorchSharp.torch;

namespace Ddpm.Samplers;

/// <summary>
/// Steps in groups (Lu et al. 2022, DPM-Solver-2 and -3): orders 1, 2, 3, each from the group's first point to the next point of the grid. So the
/// inner points are
/// points of the grid too, and every evaluation ends in a state.
/// </summary>
internal sealed record SinglestepRecipe(IReadOnlyList<DiffusionPoint> Grid, IReadOnlyList<int> Orders, SolverStep SolverStep) : IRecipe
{
    /// <summary>How a step of order 2 uses its two values; one of order 3 uses its values by <see cref="SolverStep"/>.</summary>
    internal required SolverStep SecondOrder { get; init; }

    /// <summary>Whether a step of order 3 uses its middle value too, or the first and the last only.</summary>
    internal required bool UsesMiddle { get; init; }

    public int Evaluations => Grid.Count - 1;

    public IEnumerable<SamplingFrame> Walk(SamplingRun run, Tensor x)
    {
        var begin = x;
        var group = new List<KnownValue>();
        for (var i = 0; i < Evaluations; i++)
        {
            var p = run.Ask(x, Grid[i]);
            if (Orders[i] == 1)
            {
                begin = x;
                group.Clear();
            }
            group.Add(new KnownValue(Grid[i], SolverStep.Value(run, p)));
            KnownValue[] nodes = Orders[i] == 3 && !UsesMiddle ? [group[0], group[^1]] : [.. group];
            x = (Orders[i] == 2 ? SecondOrder : SolverStep).Apply(run, begin, group[0].At, Grid[i + 1], nodes);
            yield return run.Frame(Grid[i + 1], x, p.X0, [begin, .. group.Select(node => node.Value)]);
        }
    }
}
