using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>The moving averages of a run, and which of them is in the network now.</summary>
internal sealed class WeightAverages : IDisposable
{
    private readonly WeightAverage[] averages;
    private readonly Lock changing = new();
    private int current, uses;
    private bool isDisposed;

    internal WeightAverages(IEnumerable<AverageProfile> profiles, FlatWeights weights, nn.Module module) =>
        averages = [.. profiles.Select(profile => new WeightAverage(profile, weights, module))];

    internal IReadOnlyList<WeightAverage> All => averages;

    /// <summary>How many users need an average in the network now.</summary>
    internal int Uses
    {
        get
        {
            lock (changing)
                return uses;
        }
    }

    internal void Update(int step, int batchSize, Tensor taken, Tensor newest)
    {
        if (Uses > 0)
            throw new InvalidOperationException("The raw weights must be in the network while they are trained, but an average is.");
        foreach (var average in averages)
            average.Update(step, batchSize, taken, newest);
    }

    /// <summary>Puts an average into the network until the result is disposed; where it is there already, until the last user is done.</summary>
    /// <param name="which">Its place among the profiles.</param>
    /// <param name="collect">Puts that average's weights together, if processes have shared them out.</param>
    /// <exception cref="InvalidOperationException">Another average is in the network.</exception>
    internal IDisposable Use(int which, Func<Tensor> collect)
    {
        lock (changing)
        {
            if (uses > 0 && current != which)
                throw new InvalidOperationException(
                    $"One average can be in the network at a time, but '{averages[current].Profile}' is and '{averages[which].Profile}' is asked for.");
            if (uses == 0)
                PutIn(averages[which], collect);
            (current, uses) = (which, uses + 1);
        }
        return new Leaving(this);
    }

    /// <summary>The network's own buffers, also while an average's are in it.</summary>
    internal IEnumerable<KeyValuePair<string, Tensor>> RawBuffers(nn.Module module) => Uses > 0
        ? averages[current].RawBuffers
        : module.named_buffers().DistinctBy(named => named.buffer.Handle).Select(named => KeyValuePair.Create(named.name, named.buffer));

    /// <summary>The network keeps the weights that it has, also when users of an average are done later.</summary>
    public void Dispose()
    {
        lock (changing)
        {
            isDisposed = true;
            foreach (var average in averages)
                average.Dispose();
        }
    }

    // What is put together is the network's alone, and gone with it.
    private static void PutIn(WeightAverage average, Func<Tensor> collect)
    {
        if (average.Values.All is { } all)
        {
            average.PutIn(all);
            return;
        }
        using var collected = collect();
        average.PutIn(collected);
    }

    private void Leave()
    {
        lock (changing)
            if (--uses == 0 && !isDisposed)
                averages[current].TakeOut();
    }

    private sealed class Leaving(WeightAverages averages) : IDisposable
    {
        private bool done;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref done, true))
                averages.Leave();
        }
    }
}
