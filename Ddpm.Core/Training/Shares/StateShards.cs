using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>
/// Processes that share the update (Rajbhandari et al. 2020, ZeRO stage 1): each sums the gradient of its slice of the weights, keeps the moments and
/// averages of that slice, updates it, and hands it to all.
/// </summary>
/// <remarks>
/// What one process needs whole, to save it say, all put together: in <see cref="Ask"/>, which all do between steps and at the end, it says so. The
/// gradient's memory serves for it, as there is no gradient between steps.
/// </remarks>
/// <param name="sync">The processes.</param>
/// <param name="weights">The weights, of which each process has all.</param>
/// <param name="values">Moments and averages.</param>
internal sealed class StateShards(IGradientSync sync, FlatWeights weights, IReadOnlyList<SharedValues> values)
{
    // What process 0 has of moments or an average when a run begins.
    private const float Slice = 0, All = 1, Zeros = 2;

    private readonly FlatSlices slices = new(weights.Layout.Length, sync.Rank, sync.Size);
    private bool othersHelp;

    internal Tensor Own(Tensor flat) => slices.Own(flat);

    internal void SumGradient() => sync.SumSlices(weights.Gradient, slices.Counts);

    internal void GatherWeights() => sync.GatherSlices(weights.Values, slices.Counts);

    internal Tensor GradientNorm() => slices.Norm(Own(weights.Gradient), sync.Sum);

    /// <summary>Shares out what process 0 has whole, as before its first run and where a state was restored; else all keep what they have.</summary>
    /// <exception cref="ArgumentException">Process 0 goes on from a run in which this one was not.</exception>
    internal void Begin()
    {
        using var noGrad = no_grad();
        foreach (var value in values)
        {
            using var scope = NewDisposeScope();
            var has = tensor(value.IsFresh ? Zeros : value.All is null ? Slice : All);
            sync.Broadcast(has);
            value.Keep(has.item<float>() switch
            {
                Zeros => zeros_like(Own(weights.Values)),
                All => OfFirst(value),
                _ when value.AreShared => null,
                _ => throw new ArgumentException(
                    $"Process 0 goes on from a run in which process {sync.Rank} was not: restore its state in process 0."),
            });
        }
        othersHelp = true;
    }

    /// <summary>Whether any process wants to stop; what others need whole meanwhile is put together.</summary>
    internal bool AnyStops(bool own)
    {
        while (true)
        {
            var (stops, wanted) = Ask(own, []);
            if (wanted.Count == 0)
                return stops;
            Gather(wanted, [], null);
        }
    }

    /// <summary>All are done, after they have helped each other to the end.</summary>
    internal void End()
    {
        if (othersHelp)
            AnyStops(false);
        othersHelp = false;
    }

    /// <summary>A run failed here, so that the others may not be where they would help.</summary>
    internal void Fail() => othersHelp = false;

    /// <summary>Puts values together that the processes have shared out.</summary>
    /// <param name="wanted">Their places among all.</param>
    /// <param name="take">Given each with its place; the tensor is lent for the call.</param>
    /// <exception cref="InvalidOperationException">The other processes are not in a run with this one.</exception>
    internal void Collect(IReadOnlyList<int> wanted, Action<int, Tensor> take)
    {
        foreach (var i in wanted)
            if (values[i].All is { } all)
                take(i, all);
        int[] missing = [.. wanted.Where(i => values[i].All is null)];
        if (missing.Length == 0)
            return;
        if (!othersHelp)
            throw new InvalidOperationException(
                $"With {nameof(TrainingOptions.ShardOptimizer)} each process has a slice of moments and averages. The others hand theirs over from a "
                + $"run's first step until its observers' {nameof(ITrainingObserver.AfterTraining)}, and not where it failed: only an observer can ask "
                + "for them.");
        Gather(Ask(false, missing).Wanted, missing, take);
    }

    private Tensor OfFirst(SharedValues value)
    {
        if (sync.Rank == 0)
            weights.Gradient.copy_(value.All!);
        sync.Broadcast(weights.Gradient);
        return Own(weights.Gradient).clone();
    }

    // All add up who wants what, at the same places, so that all know.
    private (bool Stops, IReadOnlyList<int> Wanted) Ask(bool stops, IReadOnlyList<int> wanted)
    {
        var flags = new float[1 + values.Count];
        flags[0] = stops ? 1 : 0;
        foreach (var i in wanted)
            flags[1 + i] = 1;
        using var sums = tensor(flags);
        sync.Sum(sums);
        var all = sums.data<float>().ToArray();
        return (all[0] > 0, [.. Enumerable.Range(0, values.Count).Where(i => all[1 + i] > 0)]);
    }

    private void Gather(IReadOnlyList<int> wanted, IReadOnlyList<int> own, Action<int, Tensor>? take)
    {
        using var noGrad = no_grad();
        foreach (var i in wanted)
        {
            using (var scope = NewDisposeScope())
                Own(weights.Gradient).copy_(values[i].Current);
            sync.GatherSlices(weights.Gradient, slices.Counts);
            if (own.Contains(i))
                take!(i, weights.Gradient);
        }
    }
}
