using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>One moving average of everything that a network learns: of its weights as one flat tensor, and of its buffers one by one.</summary>
internal sealed class WeightAverage : IDisposable
{
    private readonly FlatWeights weights;
    private readonly (string Name, Tensor Live, Tensor Average)[] buffers;
    private readonly List<Tensor> kept = [];            // the network's own buffers, while the average's are in it

    /// <param name="profile">How far back it looks.</param>
    /// <param name="weights">The weights, which it begins with.</param>
    /// <param name="module">Whose buffers are averaged too, those of whole numbers copied.</param>
    internal WeightAverage(AverageProfile profile, FlatWeights weights, nn.Module module)
    {
        using var noGrad = no_grad();
        (Profile, this.weights) = (profile, weights);
        Values = SharedValues.Copy(weights.Values);
        buffers = [.. module.named_buffers().DistinctBy(named => named.buffer.Handle)
            .Select(named => (named.name, named.buffer, named.buffer.clone().DetachFromDisposeScope()))];
    }

    internal AverageProfile Profile { get; }

    /// <summary>The weights' average.</summary>
    internal SharedValues Values { get; }

    /// <summary>The buffers' averages by name.</summary>
    internal IEnumerable<KeyValuePair<string, Tensor>> Buffers => buffers.Select(buffer => KeyValuePair.Create(buffer.Name, buffer.Average));

    /// <summary>The network's own buffers, while the average's are in it.</summary>
    internal IEnumerable<KeyValuePair<string, Tensor>> RawBuffers => buffers.Zip(kept, (buffer, own) => KeyValuePair.Create(buffer.Name, own));

    /// <summary>average ← decay · average + (1 - decay) · weight.</summary>
    /// <param name="step">0-based.</param>
    /// <param name="batchSize">Images a step.</param>
    /// <param name="taken">1, or 0 where the step was skipped and nothing may change: a float32 scalar.</param>
    /// <param name="newest">The weights, as many as the average has.</param>
    internal void Update(int step, int batchSize, Tensor taken, Tensor newest)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var share = taken.Times(1 - Profile.DecayAt(step, batchSize)).to(newest.dtype);
        Values.Current.lerp_(newest, share);
        foreach (var (_, live, average) in buffers)
            if (average.is_floating_point())
                average.lerp_(live, share.to(average.dtype));
            else
                average.copy_(live);
    }

    /// <summary>The network's weights and buffers become this average's. Nothing is copied: theirs become views of other memory.</summary>
    /// <param name="values">All of its weights.</param>
    internal void PutIn(Tensor values)
    {
        using var noGrad = no_grad();
        weights.PutIn(values);
        foreach (var (_, live, average) in buffers)
        {
            kept.Add(live.detach().DetachFromDisposeScope());
            live.set_(average);
        }
    }

    /// <summary>The network has its own again.</summary>
    internal void TakeOut()
    {
        using var noGrad = no_grad();
        foreach (var ((_, live, _), own) in buffers.Zip(kept))
            live.set_(own);
        weights.PutIn(weights.Values);
        FreeKept();
    }

    /// <summary>The network keeps what it has.</summary>
    public void Dispose()
    {
        Values.Dispose();
        foreach (var (_, _, average) in buffers)
            average.Dispose();
        FreeKept();
    }

    private void FreeKept()
    {
        kept.ForEach(own => own.Dispose());
        kept.Clear();
    }
}
