using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>What the processes that train together do together; a process alone does all of it by itself.</summary>
internal sealed class TrainingRanks(IGradientSync? sync)
{
    /// <summary>Whether there is more than this process.</summary>
    internal bool AreSeveral { get; } = sync is { Size: > 1 };

    /// <summary>What shares out moments and averages among several processes; null: each has all.</summary>
    internal StateShards? Shards { get; private set; }

    /// <summary>Whether the processes were last found to stop.</summary>
    internal bool HaveStopped { get; private set; }

    /// <summary>This process's part of a batch.</summary>
    internal BatchSlice SliceOf(int batch) => AreSeveral ? BatchSlice.Of(batch, sync!.Rank, sync.Size) : new(0, batch);

    /// <summary>From now on the processes, if they are several, share out moments and averages.</summary>
    internal void Share(TrainedTensors tensors) => Shards = AreSeveral ? new(sync!, tensors.Weights, [.. tensors.Shared()]) : null;

    /// <summary>
    /// The gradient of the whole batch out of those of its slices, each weighted by its share of the images; of processes that share the update, as
    /// far as it is this one's.
    /// </summary>
    internal void Combine(Tensor gradient)
    {
        if (Shards is not null)
            Shards.SumGradient();
        else if (AreSeveral)
            sync!.Sum(gradient);
        else
            sync?.Average(gradient);
    }

    /// <summary>The norm of the combined gradient; with several processes slice by slice, so that its bits are those of processes that share the
    /// update.</summary>
    internal Tensor Norm(Tensor gradient)
    {
        if (Shards is not null)
            return Shards.GradientNorm();
        return AreSeveral ? new FlatSlices(gradient.NumberOfElements, sync!.Rank, sync.Size).Norm(gradient) : gradient.norm();
    }

    /// <summary>The figures of the whole batch.</summary>
    /// <param name="mean">The slice's part of the mean loss, a scalar.</param>
    /// <param name="perImage">[n], the losses of its images.</param>
    /// <param name="batch">Images of the batch, N.</param>
    /// <returns>The mean loss and all images' losses, [N], in the caller's dispose scope.</returns>
    internal (Tensor Mean, Tensor PerImage) Gather(Tensor mean, Tensor perImage, int batch)
    {
        if (!AreSeveral)
            return (mean, perImage);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var slice = SliceOf(batch);
        // A sum with zeros is exact.
        var all = zeros(1 + batch, mean.dtype, mean.device);
        all[..1].copy_(mean.view(1));
        all[(1 + slice.First)..(1 + slice.End)].copy_(perImage);
        sync!.Sum(all);
        return (all[0].clone().MoveToOuterDisposeScope(), all[1..].clone().MoveToOuterDisposeScope());
    }

    /// <summary>
    /// Whether there is a step to take. All ask at the same places, before each step and after the last, so that none waits for one that has stopped.
    /// </summary>
    /// <param name="isLeft">Whether a step is left.</param>
    /// <param name="token">This process's.</param>
    /// <exception cref="OperationCanceledException">A process has a step left, and is cancelled.</exception>
    internal bool GoOn(bool isLeft, CancellationToken token) =>
        AnyStops(isLeft && token.IsCancellationRequested) ? throw new OperationCanceledException(token) : isLeft;

    /// <summary>What was stopped halfway through a step, as observers may be, tells the other processes, which wait before their next one.</summary>
    internal void StopOthers()
    {
        if (!HaveStopped)
            AnyStops(true);
    }

    /// <summary>All take over the state of process 0.</summary>
    /// <returns>Its steps done, and those of earlier runs.</returns>
    /// <exception cref="ArgumentException">This process trains something else.</exception>
    internal (int Step, int DrawnBefore) Begin(Trainer trainer, TrainedTensors tensors, TrainingFigures figures)
    {
        HaveStopped = false;
        if (!AreSeveral)
            return (trainer.Step, trainer.DrawnBefore);
        var options = trainer.Options;
        ExpectSame(
            ("the number of images", trainer.Data.Count), ("the number of weights", tensors.Weights.Layout.Length),
            ("the number of tensors", tensors.Kept(shares: true).Count() + tensors.Shared().Count()), ("the number of steps", options.Steps),
            ("the batch size", options.BatchSize), ("the seed", options.Seed), ("the learning rate", options.LearningRate),
            ("T", trainer.Process.Steps), ("whether they share the optimiser", Shards is null ? 0 : 1));
        foreach (var tensor in tensors.Kept(shares: Shards is not null))
            Broadcast(tensor);
        Shards?.Begin();
        trainer.Losses.Import([.. OfFirst([.. trainer.Losses.Export().Select(loss => (double)loss)]).Select(loss => (float)loss)]);
        var counts = OfFirst([trainer.Step, trainer.DrawnBefore, figures.Skipped, figures.SkippedInARow]);
        (figures.Skipped, figures.SkippedInARow) = ((int)counts[2], (int)counts[3]);
        return ((int)counts[0], (int)counts[1]);
    }

    private bool AnyStops(bool own)
    {
        if (!AreSeveral)
            return HaveStopped = own;
        if (Shards is not null)
            return HaveStopped = Shards.AnyStops(own);
        using var asked = tensor(own ? 1f : 0f);
        sync!.Sum(asked);
        return HaveStopped = asked.item<float>() > 0;
    }

    private double[] OfFirst(double[] own)
    {
        using var sent = tensor(own);
        sync!.Broadcast(sent);
        return [.. sent.data<double>()];
    }

    private void Broadcast(Tensor values)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var contiguous = values.detach().contiguous();
        sync!.Broadcast(contiguous);
        values.copy_(contiguous);
    }

    // With other numbers the processes would wait for each other, or train what nobody asked for.
    private void ExpectSame(params (string Name, double Value)[] own)
    {
        var first = OfFirst([.. own.Select(pair => pair.Value)]);
        foreach (var (i, (name, value)) in own.Index())
            if (!value.Equals(first[i]))
                throw new ArgumentException(
                    $"Processes that train together must have the same recipe, network and data, but {name} is {value} in process {sync!.Rank} and "
                    + $"{first[i]} in process 0.");
    }
}
