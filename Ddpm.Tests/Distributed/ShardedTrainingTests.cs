using Ddpm.Training;
using TorchSharp;
using static Ddpm.Tests.Core.Training.TrainerTests;
using static Ddpm.Tests.Distributed.ShardedRuns;
using static TorchSharp.torch;

namespace Ddpm.Tests.Distributed;

/// <summary>Several processes, here threads, that share moments and averages: beside those that have all of them each.</summary>
public class ShardedTrainingTests
{
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
        }, Network, Shapes());
        var (sharded, plain) = (Train(Sharded), Train(Recipe));
        Assert.That(sharded, Is.All.EqualTo(plain[0]));
        using var untrained = Network();
        Assert.That(Distance(plain[0], WeightsOf(untrained)), Is.GreaterThan(1e-3));
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
                using var trainer = new Trainer(network, Short, Shapes(), options) { GradientSync = sync };
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
    public void ARuleThatNeedsAllWeights_IsRefused()
    {
        using var network = new TinyNetwork();
        Assert.That(
            () => new Trainer(network, Short, Images(), Sharded with { Optimizer = new Descent(false) }),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains(nameof(TrainingOptions.ShardOptimizer)));
        Assert.That(
            All(3, Sharded with { Optimizer = new Descent(true) }, Network, Shapes()),
            Is.All.EqualTo(All(3, Recipe with { Optimizer = new Descent(true) }, Network, Shapes())[0]));
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

    private sealed record Descent(bool Works) : OptimizerRule
    {
        public override IReadOnlyList<string> Moments => [];

        public override bool WorksOnSlices() => Works;

        public override void Apply(OptimizerStep given) => given.Weights.sub_(given.ClippedGradient() * given.LearningRate);
    }
}
