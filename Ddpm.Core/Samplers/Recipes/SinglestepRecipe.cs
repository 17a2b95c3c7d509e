using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// Steps in groups (Lu et al. 2022, DPM-Solver-2 and -3): orders 1, 2, 3, each from the group's first point to the next point of the grid. So the
/// inner points are
/// points of the grid too, and every evaluation ends in a state.
/// </summary>
internal sealed record SinglestepRecipe(IReadOnlyList<DiffusionPoint> Grid, IReadOnlyList<int> Orders, Leap Leap) : IRecipe
{
    /// <summary>How a step of order 2 uses its two values; one of order 3 uses the first and the third by <see cref="Leap"/>.</summary>
    internal required Leap SecondOrder { get; init; }

    public int Evaluations => Grid.Count - 1;

    public IEnumerable<SamplingFrame> Walk(SamplingRun run, Tensor x)
    {
        var (begin, first) = (x, default(Node));
        for (var i = 0; i < Evaluations; i++)
        {
            var p = run.Ask(x, Grid[i]);
            var own = new Node(Grid[i], Leap.Value(p));
            if (Orders[i] == 1)
                (begin, first) = (x, own);
            x = (Orders[i] == 2 ? SecondOrder : Leap).Take(run, begin, first.At, Grid[i + 1], Orders[i] == 1 ? [own] : [first, own]);
            yield return run.Frame(Grid[i + 1], x, p.X0, begin, first.Value);
        }
    }
}
