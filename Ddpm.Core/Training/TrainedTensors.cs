using Ddpm.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>All tensors that a run changes: weights and buffers, moments, averages. They are copied out and in as a whole.</summary>
internal sealed class TrainedTensors : IDisposable
{
    private readonly nn.Module module;
    private readonly OptimizerRule rule;
    private readonly SharedValues[] moments;
    private readonly Tensor count;

    /// <exception cref="ArgumentException">The network's weights cannot be trained together.</exception>
    internal TrainedTensors(
        nn.Module module, bool channelsLast, OptimizerRule rule, IEnumerable<AverageProfile> profiles, TrainingPrecision precision)
    {
        (this.module, this.rule) = (module, rule);
        Weights = new FlatWeights(module, channelsLast, precision);
        Averages = new WeightAverages(profiles, Weights, module);
        moments = [.. rule.Moments.Select(_ => SharedValues.Zeros(Weights.Values))];
        count = zeros([], ScalarType.Float32, Weights.Device).DetachFromDisposeScope();
    }

    internal FlatWeights Weights { get; }

    internal WeightAverages Averages { get; }

    /// <summary>A step along the gradient taken: clipping, the optimiser's rule, the averages. Nothing is read from the device.</summary>
    /// <param name="mean">The loss.</param>
    /// <param name="step">0-based.</param>
    /// <param name="options">The recipe.</param>
    /// <param name="ranks">The processes, which may share it.</param>
    /// <returns>The gradient's norm before clipping, and 1, or 0 if it or the loss is not finite and so nothing has changed: float32 scalars in the
    /// caller's dispose scope.</returns>
    internal (Tensor Norm, Tensor Taken) Step(Tensor mean, int step, TrainingOptions options, TrainingRanks ranks)
    {
        const double Smallest = 1e-6;           // PyTorch's, against a norm of 0
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var norm = ranks.Norm(Weights.Gradient);
        // What is not finite is no number after multiplying with 0, on every device.
        var taken = norm.Times(0).Plus(mean.Times(0)).IsZero().to(ScalarType.Float32);
        var divisor = options.GradientClip is { } most
            ? norm.Plus(Smallest).Over(most).Clamped(1, double.PositiveInfinity).to(ScalarType.Float32)
            : ones_like(taken);
        count.PlusInPlace(taken);
        var shards = ranks.Shards;
        var (own, gradient) = shards is null ? (Weights.Values, Weights.Gradient) : (shards.Own(Weights.Values), shards.Own(Weights.Gradient));
        if (own.NumberOfElements > 0)
            rule.Apply(
                new(own, gradient, [.. moments.Select(moment => moment.Current)], count, taken, divisor, options.LearningRateAt(step)));
        Averages.Update(step, options.BatchSize, taken, own);
        shards?.GatherWeights();
        return (norm.to(ScalarType.Float32).MoveToOuterDisposeScope(), taken.MoveToOuterDisposeScope());
    }

    /// <summary>Whether the weights are finite. This waits for the device.</summary>
    internal bool AreFinite()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return double.IsFinite(Weights.Values.to(ScalarType.Float64).norm().item<double>());
    }

    /// <summary>Moments and averages, which processes may share out.</summary>
    internal IEnumerable<SharedValues> Shared() => [.. moments, .. Averages.All.Select(average => average.Values)];

    /// <summary>What every process has: a step changes nothing else.</summary>
    /// <param name="shares">Whether they share out moments and averages, so that none has those.</param>
    internal IEnumerable<Tensor> Kept(bool shares) =>
        [Weights.Values, count, .. shares ? [] : Shared().Select(values => values.Current), .. Others().Select(pair => pair.Value),
            .. Averages.All.SelectMany(average => average.Buffers.Select(pair => pair.Value))];

    /// <summary>Puts an average into the network (<see cref="WeightAverages.Use"/>).</summary>
    internal IDisposable UseAverage(int which, TrainingRanks ranks) => Averages.Use(which, () => Collect([moments.Length + which], ranks)[0]);

    /// <summary>Copies everything to the CPU.</summary>
    internal TrainingState Capture(Trainer trainer, TrainingFigures figures, TrainingRanks ranks)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var shared = Collect([.. Enumerable.Range(0, Shared().Count())], ranks, CPU);
        return new TrainingState
        {
            Step = trainer.Step,
            DrawnBefore = trainer.DrawnBefore,
            SkippedSteps = figures.Skipped,
            SkippedInARow = figures.SkippedInARow,
            OptimizerSteps = (int)count.item<float>(),
            Weights = Own(Copy(Weights.Values), Others()),
            Moments = rule.Moments.Zip(shared).ToDictionary(moment => moment.First, moment => Own(moment.Second, []), StringComparer.Ordinal),
            Averages = Averages.All.Zip(shared.Skip(moments.Length)).ToDictionary(
                average => average.First.Profile.ToString(), average => Own(average.Second, average.First.Buffers), StringComparer.Ordinal),
            Losses = trainer.Losses.Export(),
        };

        IReadOnlyDictionary<string, Tensor> Own(Tensor copy, IEnumerable<KeyValuePair<string, Tensor>> others) => Weights.Layout.Views(copy)
            .Concat(others.Select(pair => KeyValuePair.Create(pair.Key, Copy(pair.Value))))
            .ToDictionary(pair => pair.Key, pair => pair.Value.DetachFromDisposeScope(), StringComparer.Ordinal);
    }

    /// <summary>Copies everything back; if that is refused, nothing changes.</summary>
    /// <exception cref="ArgumentException">The state is of another network, rule or averages.</exception>
    internal void Restore(TrainingState state)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var copies = new List<(Tensor To, Tensor From)>();
        // What was shared out is whole again.
        var whole = Shared().Select(values => values.All ?? zeros_like(Weights.Values)).ToArray();
        Match("weights", Weights.Layout.Views(Weights.Values).Concat(Others()), state.Weights);
        MatchAll("moments", rule.Moments.Zip(whole.Select(moment => Weights.Layout.Views(moment))), state.Moments);
        MatchAll("averages", Averages.All.Zip(whole.Skip(moments.Length)).Select(average =>
            (average.First.Profile.ToString(), Weights.Layout.Views(average.Second).Concat(average.First.Buffers))), state.Averages);
        foreach (var (to, from) in copies)
            to.copy_(from);
        foreach (var (values, now) in Shared().Zip(whole))
            if (values.All is null)
                values.Replace(now);
        count.Fill(state.OptimizerSteps);

        void MatchAll(
            string what, IEnumerable<(string Name, IEnumerable<KeyValuePair<string, Tensor>> Tensors)> own,
            IReadOnlyDictionary<string, IReadOnlyDictionary<string, Tensor>> saved)
        {
            var groups = own.ToArray();
            if (!saved.Keys.ToHashSet().SetEquals(groups.Select(group => group.Name)))
                throw new ArgumentException(
                    $"The state must have the {what} of this run ({string.Join("; ", groups.Select(group => group.Name))}), but has "
                    + $"({string.Join("; ", saved.Keys)}).", nameof(state));
            foreach (var (name, tensors) in groups)
                Match($"{what} '{name}'", tensors, saved[name]);
        }

        void Match(string what, IEnumerable<KeyValuePair<string, Tensor>> own, IReadOnlyDictionary<string, Tensor> saved)
        {
            var count = copies.Count;
            foreach (var (name, to) in own)
                copies.Add(saved.TryGetValue(name, out var from) && from.shape.SequenceEqual(to.shape) && from.dtype == to.dtype
                    ? (to, from)
                    : throw new ArgumentException(
                        $"The state must be of this network, but of its {what} '{name}' is missing or not {to.dtype} "
                        + $"[{string.Join(", ", to.shape)}].", nameof(state)));
            if (copies.Count - count < saved.Count)
                throw new ArgumentException(
                    $"The state must be of this network, which has {copies.Count - count} {what}, but has {saved.Count}.", nameof(state));
        }
    }

    public void Dispose()
    {
        foreach (var moment in moments)
            moment.Dispose();
        count.Dispose();
        Averages.Dispose();
        Weights.Dispose();
    }

    // Frozen weights and buffers, as they are without averages.
    private IEnumerable<KeyValuePair<string, Tensor>> Others() =>
        module.named_parameters().Where(named => !named.parameter.requires_grad)
            .Select(named => KeyValuePair.Create(named.name, (Tensor)named.parameter))
            .Concat(Averages.RawBuffers(module));

    // Copies, in the caller's dispose scope, of values that processes may have shared out.
    private IReadOnlyList<Tensor> Collect(IReadOnlyList<int> places, TrainingRanks ranks, Device? to = null)
    {
        var copies = new Dictionary<int, Tensor>();
        void Take(int place, Tensor whole) => copies[place] = whole.to(to ?? whole.device, copy: true);
        if (ranks.Shards is { } shards)
            shards.Collect(places, Take);
        else
            foreach (var (place, values) in Shared().Index().Where(pair => places.Contains(pair.Index)))
                Take(place, values.Current);
        return [.. places.Select(place => copies[place])];
    }

    private static Tensor Copy(Tensor tensor) => tensor.detach().to(CPU, copy: true);
}
