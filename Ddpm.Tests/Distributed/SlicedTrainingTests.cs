using Ddpm.Training;
using TorchSharp;
using static Ddpm.Tests.Core.Training.TrainerTests;
using static TorchSharp.torch;

namespace Ddpm.Tests.Distributed;

/// <summary>Several processes, here threads, that train one network: each its slice of the batch.</summary>
public class SlicedTrainingTests
{
    // Everything that a batch draws.
    private static readonly TrainingOptions Recipe = new()
    {
        Steps = 6, BatchSize = 5, DropLast = false, LearningRate = 1e-3, WarmupSteps = 0, OffsetNoise = 0.1, Averages = [AverageProfile.Ramped(0.9)],
        Levels = TrainingLevels.Importance(0.1), Seed = 3,
    };

    private static readonly GaussianDiffusion Short = new(new LinearSchedule(3, 0.01, 0.4));

    [Test]
    public void Slices_AreTheBatch_AndDifferByAnImageAtMost()
    {
        for (var batch = 0; batch < 20; batch++)
            for (var size = 1; size < 9; size++)
            {
                var slices = Enumerable.Range(0, size).Select(rank => BatchSlice.Of(batch, rank, size)).ToArray();
                Assert.That(slices.SelectMany(slice => Enumerable.Range(slice.First, slice.Count)), Is.EqualTo(Enumerable.Range(0, batch)));
                Assert.That(slices.Max(slice => slice.Count) - slices.Min(slice => slice.Count), Is.LessThanOrEqualTo(1));
            }
        Assert.That(BatchSlice.Of(int.MaxValue, 6, 7).End, Is.EqualTo(int.MaxValue));
    }

    // 12 images in batches of 5, 5 and 2: slices of several sizes, and with 7 processes some without an image.
    [TestCase(1, null)]
    [TestCase(2, null)]
    [TestCase(2, 2)]
    [TestCase(3, null)]
    [TestCase(7, null)]
    public void AnyNumberOfProcesses_GivesTheTrainingOfOne(int size, int? part)
    {
        var (alone, reports) = Train(null, Recipe);
        var all = new float[size][];
        var told = new List<StepRecord>[size];
        var faults = Meeting.Run(size, sync => (all[sync.Rank], told[sync.Rank]) = Train(sync, Recipe with { MicroBatchSize = part }));
        Assert.That(faults, Is.All.Null);
        Assert.That(all, Is.All.EqualTo(all[0]));
        Assert.That(Distance(all[0], alone), Is.LessThan(1e-12));           // seen: 1e-17, of float32 copies
        Assert.That(told.Select(records => string.Join("; ", records)), Is.All.EqualTo(string.Join("; ", told[0])));
        foreach (var (mine, its) in told[0].Zip(reports))
        {
            Assert.That(mine.Loss, Is.EqualTo(its.Loss).Within(1e-6).Percent.Or.EqualTo(its.Loss).Within(1e-6));
            Assert.That(mine.GradientNorm, Is.EqualTo(its.GradientNorm).Within(1e-4).Percent);
            Assert.That(mine.LossByQuarter, Is.EqualTo(its.LossByQuarter).Within(1e-6));
        }
    }

    // What the test above would miss if the weights hardly depended on what they are trained by.
    [Test]
    public void WithoutTheSum_TheTrainingIsAnother()
    {
        var (alone, _) = Train(null, Recipe);
        var (half, _) = Train(new Deaf(), Recipe);
        Assert.That(Distance(half, alone), Is.GreaterThan(1e-3));
    }

    [Test]
    public void All_BeginWithTheStateOfTheFirst()
    {
        using var begun = new TinyNetwork();
        using var before = new Trainer(begun, Short, Images(), Recipe with { Steps = 3 });
        before.Run();
        using var state = before.Capture();
        using var network = new TinyNetwork();
        using var alone = new Trainer(network, Short, Images(), Recipe);
        alone.Restore(state);
        alone.Run();
        var weights = new float[2][];
        Assert.That(Meeting.Run(2, sync =>
        {
            using var own = new TinyNetwork();
            using (no_grad())
                own.parameters().First().add_(sync.Rank);
            using var trainer = new Trainer(own, Short, Images(), Recipe) { GradientSync = sync };
            if (sync.Rank == 0)
                trainer.Restore(state);
            trainer.Run(new Direct<TrainingProgress>(report => Assert.That(report.Step, Is.InRange(4, 6))));
            weights[sync.Rank] = Weights(own);
            Assert.That((trainer.Step, trainer.Losses.Export()), Is.EqualTo((6, alone.Losses.Export())).Using<float>((a, b) =>
                a.Equals(b) || Math.Abs(a - b) < 1e-5));
        }), Is.All.Null);
        Assert.That(weights[1], Is.EqualTo(weights[0]));
        Assert.That(Distance(weights[0], Weights(network)), Is.LessThan(1e-5));
    }

    [Test]
    public void OneThatIsCancelled_StopsAll([Values(0, 1)] int cancelled, [Values] bool halfway)
    {
        var (steps, ends) = (new int[3], new TrainingEnd[3]);
        var faults = Meeting.Run(3, sync =>
        {
            using var stop = new CancellationTokenSource();
            using var network = new TinyNetwork();
            using var trainer = new Trainer(network, Short, Images(), Recipe with { Steps = 1000 }) { GradientSync = sync };
            try
            {
                trainer.Run(observers: [new Observer((run, progress) =>
                {
                    if (sync.Rank != cancelled || progress.Step != 4)
                        return;
                    stop.Cancel();
                    if (halfway)
                        stop.Token.ThrowIfCancellationRequested();
                }, end => ends[sync.Rank] = end)], cancellationToken: stop.Token);
            }
            catch (OperationCanceledException)
            {
                steps[sync.Rank] = trainer.Step;
            }
        });
        Assert.That(faults, Is.All.Null);
        Assert.That(steps, Is.All.EqualTo(4));
        Assert.That(ends, Is.All.EqualTo(TrainingEnd.Cancelled));
    }

    [Test]
    public void ANumberThatIsNotANumberInOne_IsSkippedByAll()
    {
        var skipped = new int[2];
        Assert.That(Meeting.Run(2, sync =>
        {
            using var network = new TinyNetwork();
            using var trainer = new Trainer(new Spoiled(network, sync.Rank == 1), Short, Images(), Recipe) { GradientSync = sync };
            trainer.Run(new Direct<TrainingProgress>(report => skipped[sync.Rank] = report.SkippedSteps));
            Assert.That(Weights(network), Is.All.Zero);
        }), Is.All.Null);
        Assert.That(skipped, Is.All.EqualTo(6));
    }

    [Test]
    public void AnotherRecipe_IsRefusedByTheOneThatHasIt()
    {
        var faults = Meeting.Run(2, sync =>
        {
            using var network = new TinyNetwork();
            using var trainer = new Trainer(network, Short, Images(), Recipe with { BatchSize = 5 - sync.Rank }) { GradientSync = sync };
            trainer.Run();
        });
        Assert.That(faults[1], Is.TypeOf<ArgumentException>().With.Message.Contains($"the batch size is {4} in process {1} and {5} in process 0"));
    }

    private static double Distance(float[] weights, float[] others) =>
        Math.Sqrt(weights.Zip(others, (a, b) => Math.Pow(a - b, 2)).Sum() / others.Sum(value => Math.Pow(value, 2)));

    // In double, so that what is left is no rounding of a batch's own.
    private static (float[] Weights, List<StepRecord> Read) Train(IGradientSync? sync, TrainingOptions recipe)
    {
        using var network = new UNet(UNetOptions.Tiny with { Channels = 16, Multipliers = [1, 1], Dropout = 0.3 }, seed: 1);
        network.to(ScalarType.Float64);
        using var trainer = new Trainer(new InDouble(network), Short, new ShapesReader(count: 12).Read(), recipe) { GradientSync = sync };
        var read = new List<StepRecord>();
        trainer.Run(new Direct<TrainingProgress>(report => read.AddRange(report.Read)));
        using var scope = NewDisposeScope();
        return ([.. network.parameters().SelectMany(parameter => parameter.detach().to(ScalarType.Float32).contiguous().data<float>())], read);
    }

    // One of two processes, which hears of the other nothing.
    private sealed class Deaf : IGradientSync
    {
        public int Size => 2;

        public void Average(Tensor gradient)
        {
        }

        public void Sum(Tensor values)
        {
        }
    }

    private sealed class Observer(Action<Trainer, TrainingProgress> afterStep, Action<TrainingEnd> afterTraining) : ITrainingObserver
    {
        public void AfterStep(Trainer trainer, TrainingProgress progress, CancellationToken cancellationToken) => afterStep(trainer, progress);

        public void AfterTraining(Trainer trainer, TrainingEnd ended) => afterTraining(ended);
    }
}
