using Ddpm.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Distributed;

/// <summary>Runs of processes, here threads, that share the update or do not.</summary>
internal static class ShardedRuns
{
    internal static readonly TrainingOptions Recipe = new()
    {
        Steps = 6, BatchSize = 5, DropLast = false, LearningRate = 1e-3, WarmupSteps = 0, GradientClip = 0.01,
        Averages = [AverageProfile.Ramped(0.9), AverageProfile.Constant(0.5)], Levels = TrainingLevels.Importance(0.1), Seed = 3,
    };

    internal static readonly TrainingOptions Sharded = Recipe with { ShardOptimizer = true };

    internal static readonly GaussianDiffusion Short = new(new LinearSchedule(3, 0.01, 0.4));

    internal static UNet Network() => new(UNetOptions.Tiny with { Channels = 16, Multipliers = [1, 1], Dropout = 0.3 }, seed: 1);

    internal static IImageDataset Shapes() => new ShapesReader(count: 12).Read();

    // In double, so that what is left is no rounding of a batch's own.
    internal static float[][] Deep(int size, TrainingOptions recipe) => All(size, recipe, () =>
    {
        var network = Network();
        network.to(ScalarType.Float64);
        return new InDouble(network);
    }, Shapes());

    /// <summary>All processes' weights after a run.</summary>
    internal static float[][] All(int size, TrainingOptions recipe, Func<IDenoiser> make, IImageDataset data)
    {
        var all = new float[size][];
        Assert.That(Meeting.Run(size, sync =>
        {
            var denoiser = make();
            using var network = denoiser.Network!;
            using var trainer = new Trainer(denoiser, Short, data, recipe) { GradientSync = sync };
            trainer.Run();
            all[sync.Rank] = WeightsOf(network);
        }), Is.All.Null);
        return all;
    }

    internal static float[] WeightsOf(nn.Module network)
    {
        using var scope = NewDisposeScope();
        return [.. network.parameters().SelectMany(parameter => parameter.detach().to(ScalarType.Float32).contiguous().data<float>())];
    }

    internal static IEnumerable<(string Name, float[] Values)> Numbers(TrainingState state)
    {
        foreach (var (group, tensors) in Groups(state))
            foreach (var (name, tensor) in tensors)
            {
                using var contiguous = tensor.contiguous();
                yield return ($"{group} {name}", contiguous.data<float>().ToArray());
            }
    }

    // Group by group: some biases have a gradient of rounding errors alone.
    internal static void Expect(TrainingState state, TrainingState expected, double within)
    {
        Assert.That((state.Step, state.OptimizerSteps), Is.EqualTo((expected.Step, expected.OptimizerSteps)));
        foreach (var ((name, tensors), (itsName, its)) in Groups(state).Zip(Groups(expected)))
        {
            Assert.That((name, string.Join(" ", tensors.Keys)), Is.EqualTo((itsName, string.Join(" ", its.Keys))));
            using var scope = NewDisposeScope();
            var (own, other) = (Flat(tensors), Flat(its));
            Assert.That(((own - other).norm() / other.norm()).item<double>(), Is.LessThan(within), name);
        }

        static Tensor Flat(IReadOnlyDictionary<string, Tensor> tensors) => cat([.. tensors.Values.Select(tensor => tensor.flatten())]);
    }

    internal static IEnumerable<KeyValuePair<string, IReadOnlyDictionary<string, Tensor>>> Groups(TrainingState state) =>
        state.Moments.Concat(state.Averages).Append(new("weights", state.Weights));

    internal static double Distance(float[] weights, float[] others) =>
        Math.Sqrt(weights.Zip(others, (a, b) => Math.Pow(a - b, 2)).Sum() / others.Sum(value => Math.Pow(value, 2)));

    internal sealed class Saved : IDisposable
    {
        internal TrainingState? State { get; private set; }

        internal void Keep(TrainingState state)
        {
            State?.Dispose();
            State = state;
        }

        public void Dispose() => State?.Dispose();
    }

    internal sealed class Asking(Action<Trainer, TrainingProgress> afterStep, Action<Trainer, TrainingEnd> afterTraining) : ITrainingObserver
    {
        public void AfterStep(Trainer trainer, TrainingProgress progress, CancellationToken cancellationToken) => afterStep(trainer, progress);

        public void AfterTraining(Trainer trainer, TrainingEnd ended) => afterTraining(trainer, ended);
    }
}
