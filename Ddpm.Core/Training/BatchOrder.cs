using Ddpm.Noise;

namespace Ddpm.Training;

/// <summary>Which images a step sees: a function of (seed, epoch), so that a run can be resumed or shared. Every epoch is shuffled anew.</summary>
internal sealed class BatchOrder
{
    private readonly int images, batchSize;
    private readonly ulong seed;
    private int[] order = [];
    private int shuffledEpoch = -1;

    internal BatchOrder(int images, int batchSize, bool dropLast, ulong seed)
    {
        StepsPerEpoch = dropLast ? images / batchSize : (images + batchSize - 1) / batchSize;
        if (StepsPerEpoch == 0)
            throw new ArgumentException($"The data set must hold at least one batch, but has {images} images for batches of {batchSize}.");
        (this.images, this.batchSize, this.seed) = (images, batchSize, seed);
    }

    internal int StepsPerEpoch { get; }

    /// <summary>Indices into the data set; valid until the next call.</summary>
    internal ReadOnlySpan<int> Indices(int step)
    {
        var (epoch, batch) = Math.DivRem(step, StepsPerEpoch);
        if (epoch != shuffledEpoch)
            Shuffle(epoch);
        return order.AsSpan(batch * batchSize, Math.Min(batchSize, images - batch * batchSize));
    }

    // Fisher and Yates, with a draw a place; the bias of the remainder is below 2^-32.
    private void Shuffle(int epoch)
    {
        order = [.. Enumerable.Range(0, images)];
        for (var i = images - 1; i > 0; i--)
        {
            var j = (int)(Seeds.Mix(seed, (ulong)epoch, (ulong)i) % (ulong)(i + 1));
            (order[i], order[j]) = (order[j], order[i]);
        }
        shuffledEpoch = epoch;
    }
}
