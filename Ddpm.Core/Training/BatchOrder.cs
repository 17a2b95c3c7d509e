using Ddpm.Noise;

namespace Ddpm.Training;

/// <summary>Which images a step sees: a function of (seed, epoch), so that a run can be resumed or shared. Every epoch is shuffled anew.</summary>
internal sealed class BatchOrder
{
    private readonly int images, batchSize;
    private readonly ulong seed;
    private readonly Dictionary<int, int[]> epochs = [];

    internal BatchOrder(int images, int batchSize, bool dropLast, ulong seed)
    {
        StepsPerEpoch = dropLast ? images / batchSize : (images + batchSize - 1) / batchSize;
        if (StepsPerEpoch == 0)
            throw new ArgumentException($"The data set must hold at least one batch, but has {images} images for batches of {batchSize}.");
        (this.images, this.batchSize, this.seed) = (images, batchSize, seed);
    }

    internal int StepsPerEpoch { get; }

    /// <summary>Indices into the data set.</summary>
    internal ReadOnlySpan<int> Indices(int step)
    {
        var (epoch, batch) = Math.DivRem(step, StepsPerEpoch);
        return Order(epoch).AsSpan(batch * batchSize, Math.Min(batchSize, images - batch * batchSize));
    }

    /// <summary>The indices of a step and of some after it, in their order: of each the slice that is taken of it.</summary>
    internal int[] Ahead(int step, int steps, Func<int, BatchSlice> sliceOf)
    {
        var ahead = new List<int>();
        for (var i = step; i < step + steps; i++)
        {
            var indices = Indices(i);
            var slice = sliceOf(indices.Length);
            ahead.AddRange(indices[slice.First..slice.End]);
        }
        return [.. ahead];
    }

    // That of the epoch under way and of the next one, whose first batches are looked ahead at.
    private int[] Order(int epoch)
    {
        if (epochs.TryGetValue(epoch, out var order))
            return order;
        foreach (var old in epochs.Keys.Where(key => Math.Abs(key - epoch) > 1).ToArray())
            epochs.Remove(old);
        return epochs[epoch] = Shuffle(epoch);
    }

    // Fisher and Yates, with a draw a place; the bias of the remainder is below 2^-32.
    private int[] Shuffle(int epoch)
    {
        int[] order = [.. Enumerable.Range(0, images)];
        for (var i = images - 1; i > 0; i--)
        {
            var j = (int)(Seeds.Mix(seed, (ulong)epoch, (ulong)i) % (ulong)(i + 1));
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }
}
