using Ddpm.Training;
using TorchSharp;
using static Ddpm.Tests.Core.Training.TrainerTests;
using static TorchSharp.torch;

namespace Ddpm.Tests.Distributed;

/// <summary>Several processes, here threads, that share moments and averages: beside those that have all of them each.</summary>
public class ShardedTrainingTests
{
    private static readonly TrainingOptions Recipe = new()
    {
        Steps = 6, BatchSize = 5, DropLast = false, LearningRate = 1e-3, WarmupSteps = 0, GradientClip = 0.01,
        Averages = [AverageProfile.Ramped(0.9), AverageProfile.Constant(0.5)], Levels = TrainingLevels.Importance(0.1), Seed = 3,
    };

    private static readonly TrainingOptions Sharded = Recipe with { ShardOptimizer = true };

    private static readonly GaussianDiffusion Short = new(new LinearSchedule(3, 0.01, 0.4));

    // Also where clipping divides by a norm that no process can take alone.
    [Test]
    public void Sharded_HasTheBitsOfPlain([Values(1, 2, 3, 7)] int size, [Values] bool clips)
    {
        var clip = clips ? Recipe.GradientClip : null;
        var alone = Deep(1, Recipe with { GradientClip = clip })[0];
        var plain = Deep(size, Recipe with { GradientClip = clip });
        var sharded = Deep(size, Sharded with { GradientClip = clip });
        foreach (var weights in sharded)
            Assert.That(weights, Is.EqualTo(plain[0]));
        Assert.That(Distance(sharded[0], alone), Is.LessThan(1e-12));
        Assert.That(Distance(Deep(1, Recipe with { Seed = 4 })[0], alone), Is.GreaterThan(1e-4));
    }

    [TestCase(TrainingPrecision.BFloat16, false, null)]
    [TestCase(TrainingPrecision.Float32, true, 1)]
    [TestCase(TrainingPrecision.BFloat16, true, 2)]
    public void WithOtherWaysToSaveMemory_TheBitsAreThoseOfPlain(TrainingPrecision precision, bool checkpoints, int? part)
    {
        float[][] Train(TrainingOptions options) => All(2, options with
        {
            Precision = precision, ActivationCheckpointing = checkpoints, MicroBatchSize = part, Optimizer = OptimizerRule.AdamW(0.1), Steps = 4,
        }, Network, new ShapesReader(count: 12).Read());
        var (sharded, plain) = (Train(Sharded), Train(Recipe));
        Assert.That(sharded, Is.All.EqualTo(plain[0]));
        using var untrained = Network();
        Assert.That(Distance(plain[0], Weights(untrained)), Is.GreaterThan(1e-3));
    }

    // 112 numbers with their gaps: two slices have some, five none.
    [Test]
    public void MoreProcessesThanSlices_WillDo() => Assert.That(
        All(7, Sharded, () => new TinyNetwork(), Images()), Is.All.EqualTo(All(7, Recipe, () => new TinyNetwork(), Images())[0]));

    [Test]
    public void MomentsAndAverages_TakeTheMemoryOfASlice([Values(2, 3)] int size)
    {
        long Bytes(Trainer trainer) => trainer.OptimizerTensors.Sum(values =>
            values.storage<float>().Count * sizeof(float));
        var (sharded, plain) = (new long[size], 0L);
        Assert.That(Meeting.Run(size, sync =>
        {
            foreach (var options in (TrainingOptions[])[Recipe, Sharded])
            {
                using var network = Network();
                using var trainer = new Trainer(network, Short, new ShapesReader(count: 12).Read(), options) { GradientSync = sync };
                trainer.Run();
                if (options.ShardOptimizer)
                    sharded[sync.Rank] = Bytes(trainer);
                else
                    plain = Bytes(trainer);
            }
        }), Is.All.Null);
        using var counted = Network();
        var weights = counted.parameters().Sum(parameter => parameter.numel());
        // Two moments and two averages; the gaps between weights come to them.
        Assert.That(plain, Is.InRange(4 * 4 * weights, 4.2 * 4 * weights));
        Assert.That(sharded.Sum(), Is.EqualTo(plain));
        Assert.That(sharded, Is.All.EqualTo((double)plain / size).Within(4 * 4 * 64));
        TestContext.Out.WriteLine($"{weights} weights: {plain} bytes, {string.Join(" and ", sharded)} bytes");
    }

    [Test]
    public void ARun_GoesOn_WithAnyNumber_SharedOrNot()
    {
        using var whole = new Saved();
        Run(1, Recipe with { Steps = 9 }, whole);
        using var parts = new Saved();
        Run(1, Recipe with { Steps = 2 }, parts);
        Run(3, Sharded with { Steps = 5 }, parts);
        Run(2, Sharded with { Steps = 7 }, parts);
        Run(1, Recipe with { Steps = 9 }, parts);
        Expect(parts.State!, whole.State!, 1e-12);

        static void Run(int size, TrainingOptions options, Saved saved) => Assert.That(Meeting.Run(size, sync =>
        {
            using var network = Network();
            network.to(ScalarType.Float64);
            using (no_grad())
                network.parameters().First().add_(sync.Rank);           // not those of process 0, which all take over
            using var trainer = new Trainer(new InDouble(network), Short, new ShapesReader(count: 12).Read(), options) { GradientSync = sync };
            if (sync.Rank > 0)
            {
                trainer.Run();
                return;
            }
            if (saved.State is { } before)
                trainer.Restore(before);
            trainer.Run(observers: [new Asking((_, _) => { }, (run, _) => saved.Keep(run.Capture()))]);
        }), Is.All.Null);
    }

    // Process 0 alone saves and draws, as an observer; another asks for an average at the same time.
    [Test]
    public void WhatOneAsksFor_IsThatOfPlain()
    {
        Dictionary<string, float[]> Seen(TrainingOptions options)
        {
            var seen = new Dictionary<string, float[]>();
            void Add(string name, float[] values)
            {
                lock (seen)
                    seen.Add(name, values);
            }
            Assert.That(Meeting.Run(3, sync =>
            {
                using var network = Network();
                using var trainer = new Trainer(network, Short, new ShapesReader(count: 12).Read(), options) { GradientSync = sync };
                void Average(Trainer run, string when, int which)
                {
                    var raw = Weights(network);
                    using (run.UseAverage(which))
                    {
                        Add($"{when}: average {which} of {sync.Rank}", Weights(network));
                        if (sync.Rank == 0)
                            Save(run, $"{when}, within");
                    }
                    Assert.That(Weights(network), Is.EqualTo(raw));
                }
                void Save(Trainer run, string when)
                {
                    using var state = run.Capture();
                    foreach (var (name, values) in Numbers(state))
                        Add($"{when}: {name}", values);
                }
                trainer.Run(observers: [new Asking((run, progress) =>
                {
                    if (sync.Rank == 0 && progress.Step % 2 == 0)
                        Save(run, $"{progress.Step}");
                    if (sync.Rank == 0 && progress.Step == 3 || sync.Rank == 2 && progress.Step is 3 or 4)
                        Average(run, $"{progress.Step}", sync.Rank / 2);
                }, (run, end) =>
                {
                    Add($"end of {sync.Rank}", Weights(network));
                    if (sync.Rank != 1)
                        Save(run, $"{end} in {sync.Rank}");
                })]);
                Add($"after {sync.Rank}", Weights(network));
            }), Is.All.Null);
            return seen;
        }
        var (plain, sharded) = (Seen(Recipe), Seen(Sharded));
        Assert.That(sharded.Keys, Is.EquivalentTo(plain.Keys));
        foreach (var (name, values) in plain)
            Assert.That(sharded[name], Is.EqualTo(values), name);
        Assert.That(plain["3: average 0 of 0"], Is.Not.EqualTo(plain["3: average 1 of 2"]));
        Assert.That(plain.Keys.Count(name => name.Contains("exp_avg_sq")), Is.GreaterThan(5 * 10));
    }

    [TestCase(0, false)]
    [TestCase(1, false)]
    [TestCase(0, true)]
    [TestCase(1, true)]
    public void OneThatIsCancelled_StopsAll_WithTheWholeState_AndTheyGoOn(int cancelled, bool halfway)
    {
        float[] expected = Deep(2, Recipe with { Steps = 8 }, Network)[0], seen = [];
        using var saved = new Saved();
        Assert.That(Meeting.Run(2, sync =>
        {
            using var stop = new CancellationTokenSource();
            using var network = Network();
            using var trainer = new Trainer(network, Short, new ShapesReader(count: 12).Read(), Sharded with { Steps = 8 }) { GradientSync = sync };
            Assert.That(() => trainer.Run(observers: [new Asking((run, progress) =>
            {
                if (sync.Rank == 1 - cancelled && progress.Step == 4)
                    run.Capture().Dispose();                // while the other stops
                if (sync.Rank != cancelled || progress.Step != 4)
                    return;
                stop.Cancel();
                if (halfway)
                    stop.Token.ThrowIfCancellationRequested();
            }, (run, end) =>
            {
                Assert.That(end, Is.EqualTo(TrainingEnd.Cancelled));
                if (sync.Rank == 0)
                    saved.Keep(run.Capture());
            })], cancellationToken: stop.Token), Throws.InstanceOf<OperationCanceledException>());
            Assert.That(trainer.Step, Is.EqualTo(4));
            Assert.That(() => trainer.Capture(), Throws.InvalidOperationException.With.Message.Contains(nameof(TrainingOptions.ShardOptimizer)));
            trainer.Run();
            if (sync.Rank == 0)
                seen = Weights(network);
        }), Is.All.Null);
        Assert.That(seen, Is.EqualTo(expected));
        Assert.That(saved.State!.OptimizerSteps, Is.EqualTo(4));
    }

    [Test]
    public void AStateThatIsRestoredBetweenRuns_IsSharedOutAnew()
    {
        using var saved = new Saved();
        var (first, second) = (Array.Empty<float>(), Array.Empty<float>());
        Assert.That(Meeting.Run(3, sync =>
        {
            using var network = Network();
            using var trainer = new Trainer(network, Short, new ShapesReader(count: 12).Read(), Sharded) { GradientSync = sync };
            trainer.Run(observers: [new Asking((run, progress) =>
            {
                if (sync.Rank == 0 && progress.Step == 3)
                    saved.Keep(run.Capture());
            }, (_, _) => { })]);
            if (sync.Rank == 0)
            {
                first = Weights(network);
                trainer.Restore(saved.State!);
            }
            trainer.Run();
            if (sync.Rank == 0)
                second = Weights(network);
        }), Is.All.Null);
        Assert.That(second, Is.EqualTo(first));
    }

    [Test]
    public void NumbersThatAreNone_AreSkippedByAll_AndTheStateOfTheEndIsWhole()
    {
        Assert.That(Meeting.Run(2, sync =>
        {
            using var network = new TinyNetwork();
            using var trainer = new Trainer(new Spoiled(network, sync.Rank == 1), Short, Images(), Sharded with { MaximumSkips = 3 }) { GradientSync = sync };
            Assert.That(() => trainer.Run(observers: [new Asking((_, _) => { }, (run, end) =>
            {
                Assert.That(end, Is.EqualTo(TrainingEnd.Diverged));
                if (sync.Rank == 1)
                    return;
                using var state = run.Capture();
                Assert.That(Numbers(state).SelectMany(pair => pair.Values), Is.All.Zero);
            })]), Throws.InstanceOf<TrainingDivergedException>());
        }), Is.All.Null);
    }

    // The others may be anywhere: nothing is asked of them.
    [Test]
    public void WhereOneFails_NothingIsAskedOfTheOthers()
    {
        var told = "";
        var faults = Meeting.Run(2, sync =>
        {
            using var network = new TinyNetwork();
            using var trainer = new Trainer(network, Short, Images(), Sharded) { GradientSync = sync };
            trainer.Run(observers: [new Asking((_, progress) =>
            {
                if (sync.Rank == 1 && progress.Step == 2)
                    throw new InvalidDataException("bad luck");
            }, (run, end) =>
            {
                if (sync.Rank == 1)
                    told = Assert.Throws<InvalidOperationException>(() => run.Capture()).Message;
            })]);
        });
        Assert.That(faults[1], Is.TypeOf<InvalidDataException>());
        Assert.That(told, Does.Contain(nameof(ITrainingObserver.AfterTraining)));
    }

    [Test]
    public void ARuleThatNeedsAllWeights_IsRefused()
    {
        using var network = new TinyNetwork();
        Assert.That(
            () => new Trainer(network, Short, Images(), Sharded with { Optimizer = new Descent(false) }),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains(nameof(TrainingOptions.ShardOptimizer)));
        Assert.That(
            All(3, Sharded with { Optimizer = new Descent(true) }, Network, new ShapesReader(count: 12).Read()),
            Is.All.EqualTo(All(3, Recipe with { Optimizer = new Descent(true) }, Network, new ShapesReader(count: 12).Read())[0]));
    }

    [Test]
    public void AnotherAnswer_ToWhetherTheyShare_IsRefused()
    {
        var faults = Meeting.Run(2, sync =>
        {
            using var network = new TinyNetwork();
            using var trainer = new Trainer(network, Short, Images(), Recipe with { ShardOptimizer = sync.Rank == 0 }) { GradientSync = sync };
            trainer.Run();
        });
        Assert.That(faults[1], Is.TypeOf<ArgumentException>().With.Message.Contains("share the optimiser"));
    }

    private static UNet Network() => new(UNetOptions.Tiny with { Channels = 16, Multipliers = [1, 1], Dropout = 0.3 }, seed: 1);

    // In double, so that what is left is no rounding of a batch's own.
    private static float[][] Deep(int size, TrainingOptions recipe) => All(size, recipe, () =>
    {
        var network = Network();
        network.to(ScalarType.Float64);
        return new InDouble(network);
    }, new ShapesReader(count: 12).Read());

    private static float[][] Deep(int size, TrainingOptions recipe, Func<IDenoiser> make) => All(size, recipe, make, new ShapesReader(count: 12).Read());

    private static float[][] All(int size, TrainingOptions recipe, Func<IDenoiser> make, IImageDataset data)
    {
        var all = new float[size][];
        Assert.That(Meeting.Run(size, sync =>
        {
            var denoiser = make();
            using var network = denoiser.Network!;
            using var trainer = new Trainer(denoiser, Short, data, recipe) { GradientSync = sync };
            trainer.Run();
            all[sync.Rank] = Weights(network);
        }), Is.All.Null);
        return all;
    }

    private static float[] Weights(nn.Module network)
    {
        using var scope = NewDisposeScope();
        return [.. network.parameters().SelectMany(parameter => parameter.detach().to(ScalarType.Float32).contiguous().data<float>())];
    }

    private static IEnumerable<(string Name, float[] Values)> Numbers(TrainingState state)
    {
        foreach (var (group, tensors) in Groups(state))
            foreach (var (name, tensor) in tensors)
            {
                using var contiguous = tensor.contiguous();
                yield return ($"{group} {name}", contiguous.data<float>().ToArray());
            }
    }

    // Group by group: some biases have a gradient of rounding errors alone.
    private static void Expect(TrainingState state, TrainingState expected, double within)
    {
        Assert.That((state.Step, state.OptimizerSteps), Is.EqualTo((expected.Step, expected.OptimizerSteps)));
        foreach (var ((name, tensors), (itsName, its)) in Groups(state).Zip(Groups(expected)))
        {
            Assert.That((name, string.Join(" ", tensors.Keys)), Is.EqualTo((itsName, string.Join(" ", its.Keys))));
            using var scope = NewDisposeScope();
            var (own, other) = (cat([.. tensors.Values.Select(tensor => tensor.flatten())]), cat([.. its.Values.Select(tensor => tensor.flatten())]));
            Assert.That(((own - other).norm() / other.norm()).item<double>(), Is.LessThan(within), name);
        }
    }

    private static IEnumerable<KeyValuePair<string, IReadOnlyDictionary<string, Tensor>>> Groups(TrainingState state) =>
        state.Moments.Concat(state.Averages).Append(new("weights", state.Weights));

    private static double Distance(float[] weights, float[] others) =>
        Math.Sqrt(weights.Zip(others, (a, b) => Math.Pow(a - b, 2)).Sum() / others.Sum(value => Math.Pow(value, 2)));

    private sealed class Saved : IDisposable
    {
        internal TrainingState? State { get; private set; }

        internal void Keep(TrainingState state)
        {
            State?.Dispose();
            State = state;
        }

        public void Dispose() => State?.Dispose();
    }

    private sealed record Descent(bool Works) : OptimizerRule
    {
        public override IReadOnlyList<string> Moments => [];

        public override bool WorksOnSlices() => Works;

        public override void Apply(OptimizerStep given) => given.Weights.sub_(given.ClippedGradient() * given.LearningRate);
    }

    private sealed class InDouble(IDenoiser inner) : DelegatingDenoiser(inner)
    {
        public override Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
        {
            using var scope = NewDisposeScope();
            return base.Predict(x.to(ScalarType.Float64), t.to(ScalarType.Float64), conditioning).MoveToOuterDisposeScope();
        }
    }

    private sealed class Spoiled(IDenoiser inner, bool isSpoiled) : DelegatingDenoiser(inner)
    {
        public override Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
        {
            using var said = base.Predict(x, t, conditioning);
            return said * (isSpoiled ? double.NaN : 1);
        }
    }

    private sealed class Asking(Action<Trainer, TrainingProgress> afterStep, Action<Trainer, TrainingEnd> afterTraining) : ITrainingObserver
    {
        public void AfterStep(Trainer trainer, TrainingProgress progress, CancellationToken cancellationToken) => afterStep(trainer, progress);

        public void AfterTraining(Trainer trainer, TrainingEnd ended) => afterTraining(trainer, ended);
    }
}
