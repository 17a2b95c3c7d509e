using Ddpm.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>All tensors that a run changes: weights and buffers, moments, averages. They are copied out and in as a whole.</summary>
internal sealed class TrainedTensors : IDisposable
{
    private readonly nn.Module module;
    private readonly OptimizerRule rule;
    private readonly Tensor[] moments;
    private readonly Tensor count;

    /// <exception cref="ArgumentException">The network's weights cannot be trained together.</exception>
    internal TrainedTensors(
        nn.Module module, bool channelsLast, OptimizerRule rule, IEnumerable<AverageProfile> profiles, TrainingPrecision precision)
    {
        (this.module, this.rule) = (module, rule);
        Weights = new FlatWeights(module, channelsLast, precision);
        Averages = new WeightAverages(profiles, Weights, module);
        moments = [.. rule.Moments.Select(_ => zeros_like(Weights.Values).DetachFromDisposeScope())];
        count = zeros([], ScalarType.Float32, Weights.Device).DetachFromDisposeScope();
    }

    internal FlatWeights Weights { get; }

    internal WeightAverages Averages { get; }

    /// <summary>A step along the gradient taken: clipping, the optimiser's rule, the averages. Nothing is read from the device.</summary>
    /// <param name="mean">The loss.</param>
    /// <param name="step">0-based.</param>
    /// <param name="options">The recipe.</param>
    /// <returns>The gradient's norm before clipping, and 1, or 0 if it or the loss is not finite and so nothing has changed: float32 scalars in the
    /// caller's dispose scope.</returns>
    internal (Tensor Norm, Tensor Taken) Step(Tensor mean, int step, TrainingOptions options)
    {
        const double Smallest = 1e-6;           // PyTorch's, against a norm of 0
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var norm = Weights.Gradient.norm();
        // What is not finite is no number after multiplying with 0, on every device.
        var taken = (norm * 0 + mean * 0).eq(0).to(ScalarType.Float32);
        var divisor = options.GradientClip is { } most
            ? ((norm + Smallest) / most).clamp(min: 1).to(ScalarType.Float32)
            : ones_like(taken);
        count.add_(taken);
        rule.Apply(new(Weights.Values, Weights.Gradient, moments, count, taken, divisor, options.LearningRateAt(step)));
        Averages.Update(step, options.BatchSize, taken);
        return (norm.to(ScalarType.Float32).MoveToOuterDisposeScope(), taken.MoveToOuterDisposeScope());
    }

    /// <summary>Whether the weights are finite. This waits for the device.</summary>
    internal bool AreFinite()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return double.IsFinite(Weights.Values.to(ScalarType.Float64).norm().item<double>());
    }

    /// <summary>All of them as they are: a step changes no others.</summary>
    internal IEnumerable<Tensor> All() =>
        [Weights.Values, count, .. moments, .. Others().Select(pair => pair.Value), .. Averages.All.SelectMany(
            average => average.Buffers.Select(pair => pair.Value).Prepend(average.Values))];

    /// <summary>Copies everything to the CPU.</summary>
    internal TrainingState Capture(Trainer trainer, TrainingFigures figures)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return new TrainingState
        {
            Step = trainer.Step,
            DrawnBefore = trainer.DrawnBefore,
            SkippedSteps = figures.Skipped,
            SkippedInARow = figures.SkippedInARow,
            OptimizerSteps = (int)count.item<float>(),
            Weights = Own(Weights.Values, Others()),
            Moments = rule.Moments.Zip(moments).ToDictionary(
                moment => moment.First, moment => Own(moment.Second, []), StringComparer.Ordinal),
            Averages = Averages.All.ToDictionary(
                average => average.Profile.ToString(), average => Own(average.Values, average.Buffers), StringComparer.Ordinal),
            Losses = trainer.Losses.Export(),
        };

        IReadOnlyDictionary<string, Tensor> Own(Tensor flat, IEnumerable<KeyValuePair<string, Tensor>> others) => Weights.Layout.Views(Copy(flat))
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
        Match("weights", Weights.Layout.Views(Weights.Values).Concat(Others()), state.Weights);
        MatchAll("moments", rule.Moments.Zip(moments.Select(moment => Weights.Layout.Views(moment))), state.Moments);
        MatchAll("averages", Averages.All.Select(average =>
            (average.Profile.ToString(), Weights.Layout.Views(average.Values).Concat(average.Buffers))), state.Averages);
        foreach (var (to, from) in copies)
            to.copy_(from);
        count.fill_(state.OptimizerSteps);

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

    private static Tensor Copy(Tensor tensor) => tensor.detach().to(CPU, copy: true);
}
