using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Training;

public class TrainerTests
{
    internal static readonly GaussianDiffusion Process = new(new LinearSchedule());
    internal static readonly TrainingOptions Options = new() { Steps = 20, BatchSize = 4, LearningRate = 0.01, WarmupSteps = 0 };

    internal static ImageDataset Images(int count = 12)
    {
        var pixels = new byte[count * 3 * 8 * 8];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)Seeds.Mix((ulong)i);
        return new(new ImageShape(3, 8, 8), pixels);
    }

    private static float[] Train(TrainingOptions options, List<TrainingProgress>? reports = null)
    {
        using var network = new TinyNetwork();
        using var trainer = new Trainer(network, Process, Images(), options);
        trainer.Run(new Direct<TrainingProgress>(report => reports?.Add(report)));
        return Weights(network);
    }

    internal static float[] Weights(nn.Module network)
    {
        using var scope = NewDisposeScope();
        return cat([.. network.parameters().Select(parameter => parameter.detach().flatten())]).data<float>().ToArray();
    }

    [Test]
    public void Run_WithTheSameSeed_GivesTheSameBits()
    {
        var (first, second) = (Train(Options), Train(Options));
        Assert.That(second, Is.EqualTo(first));
        Assert.That(Train(Options with { Seed = 1 }), Is.Not.EqualTo(first));
    }

    [Test]
    public void Run_LowersTheLoss()
    {
        var reports = new List<TrainingProgress>();
        _ = Train(Options with { Steps = 300 }, reports);
        Assert.That(reports.TakeLast(50).Average(report => report.Loss), Is.LessThan(0.7 * reports.Take(50).Average(report => report.Loss)));
    }

    [Test]
    public void Run_ReportsEveryStep()
    {
        var reports = new List<TrainingProgress>();
        _ = Train(Options, reports);
        Assert.That(reports.Select(report => report.Step), Is.EqualTo(Enumerable.Range(1, 20)));
        Assert.That(reports.Select(report => report.Epoch), Is.EqualTo(Enumerable.Range(0, 20).Select(step => step / 3 + 1)));
        Assert.That(reports,
            Has.All.Matches<TrainingProgress>(report => report is { Loss: > 0, GradientNorm: > 0, ImagesPerSecond: > 0, LearningRate: 0.01 }));
        Assert.That(reports[^1].Remaining, Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public void Run_OneStep_IsAdamOnTheGradientOfTheLoss()
    {
        // Adam's first step moves every weight by the learning rate against the sign of its gradient (Kingma and Ba 2015).
        var options = Options with { Steps = 1, EmaDecay = 0, GradientClip = null, HorizontalFlip = false };
        var moved = Train(options);
        Assert.That(moved.Select(Math.Abs), Has.All.EqualTo(0.01).Within(1e-6));
    }

    [Test]
    public void Run_InTheEnd_HoldsTheAverage()
    {
        // With a decay of d the average of w_0 = 0 and the raw weights w_1 .. w_n is the recursion itself.
        using var network = new TinyNetwork();
        using var trainer = new Trainer(network, Process, Images(), Options with { EmaDecay = 0.5 });
        double[]? average = null;
        trainer.Run(observers: [new Observer((_, progress) =>
        {
            var raw = Weights(network);
            var decay = AverageProfile.Ramped(0.5).DecayAt(progress.Step - 1, 4);
            average ??= new double[raw.Length];
            for (var i = 0; i < raw.Length; i++)
                average[i] = decay * average[i] + (1 - decay) * raw[i];
        })]);
        Assert.That(Weights(network), Is.EqualTo(average).Within(1e-6));      // 20 roundings of numbers below 1
    }

    [Test]
    public void Run_Cancelled_StopsAfterTheStepUnderWayAndCanGoOn()
    {
        using var network = new TinyNetwork();
        using var trainer = new Trainer(network, Process, Images(), Options);
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => trainer.Run(new Direct<TrainingProgress>(report =>
        {
            if (report.Step == 7)
                stop.Cancel();
        }), cancellationToken: stop.Token));
        Assert.That(trainer.Step, Is.EqualTo(7));
        trainer.Run();
        Assert.That(Weights(network), Is.EqualTo(Train(Options)));
    }

    [Test]
    public void Run_AfterStepsOfAnotherRun_DrawsWhatThatHasNotDrawn()
    {
        // Twice ten steps with one optimiser, against ten and ten with two: Adam differs, the draws of the first step of the second half do not.
        var whole = new List<TrainingProgress>();
        _ = Train(Options with { LearningRate = 1e-12 }, whole);
        float[] Losses(int drawnBefore)
        {
            using var network = new TinyNetwork();
            using var trainer = new Trainer(network, Process, Images(), Options with { Steps = 10, LearningRate = 1e-12 }, drawnBefore: drawnBefore);
            var reports = new List<TrainingProgress>();
            trainer.Run(new Direct<TrainingProgress>(reports.Add));
            return [.. reports.Select(report => (float)report.Loss)];
        }
        Assert.That(Losses(0), Is.EqualTo(whole.Take(10).Select(report => (float)report.Loss)).Within(1e-6));      // weights move by 1e-11
        Assert.That(Losses(10), Is.EqualTo(whole.Skip(10).Select(report => (float)report.Loss)).Within(1e-6));
    }

    [Test]
    public void Remaining_AfterGoingOn_CountsTheStepsOfThisRunAlone()
    {
        var progress = new TrainingProgress(110, 210, 1, 1, 1, 1, 1, TimeSpan.FromSeconds(10)) { StepsBefore = 100 };
        Assert.That(progress.Remaining, Is.EqualTo(TimeSpan.FromSeconds(100)));
        using var network = new TinyNetwork();
        using var trainer = new Trainer(network, Process, Images(), Options);
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => trainer.Run(new Direct<TrainingProgress>(report =>
        {
            Assert.That(report.StepsBefore, Is.Zero);
            if (report.Step == 7)
                stop.Cancel();
        }), cancellationToken: stop.Token));
        trainer.Run(new Direct<TrainingProgress>(report => Assert.That(report.StepsBefore, Is.EqualTo(7))));
    }

    [Test]
    public void Run_TrainsInTrainingModeAndRestoresTheMode([Values] bool training)
    {
        using var network = new TinyNetwork();
        network.train(training);
        using var trainer = new Trainer(network, Process, Images(), Options with { Steps = 1 });
        trainer.Run();
        Assert.That((network.WasTraining, network.training), Is.EqualTo((true, training)));
    }

    [Test]
    public void Run_ThatDiverges_SaysSoAndKeepsTheLastGoodWeights()
    {
        using var network = new TinyNetwork();
        using var trainer = new Trainer(network, Process, Images(), Options with { EmaDecay = 0 });
        var good = Array.Empty<float>();
        var fault = Assert.Throws<TrainingDivergedException>(() => trainer.Run(observers: [new Observer((_, progress) =>
        {
            good = Weights(network);
            if (progress.Step == 5)
                Poison(network);
        })]));
        Assert.That(fault.Step, Is.EqualTo(6));
        Assert.That(fault.Message, Does.Contain("step 6").And.Contain($"{double.NaN}"));
        Assert.That(good, Has.All.Matches<float>(float.IsFinite));
    }

    internal static void Poison(nn.Module network)
    {
        using var noGrad = no_grad();
        network.parameters().First().fill_(float.NaN);
    }

    [Test]
    public void Run_200Steps_LeavesNothingAlive()
    {
        using var network = new TinyNetwork();
        using var trainer = new Trainer(network, Process, Images(), Options with { Steps = 210 });
        var (early, late) = (0L, 0L);
        trainer.Run(new Direct<TrainingProgress>(report =>
        {
            if (report.Step == 10)
                early = Expect.LiveTensors();
            if (report.Step == 210)
                late = Expect.LiveTensors();
        }));
        Assert.That(late, Is.EqualTo(early));
    }

    [Test]
    public void Trainer_OfWhatCannotBeTrained_SaysWhy()
    {
        using var network = new TinyNetwork();
        Assert.That(() => new Trainer(new FormulaDenoiser((x, _) => x), Process, Images()),
            Throws.ArgumentException.With.Message.Contains("FormulaDenoiser"));
        Assert.That(() => new Trainer(network, Process, Images(), Options with { BatchSize = 13 }),
            Throws.ArgumentException.With.Message.Contains("12 images for batches of 13"));
        foreach (var (options, name) in new (TrainingOptions, string)[]
        {
            (Options with { Steps = 0 }, "Steps"), (Options with { BatchSize = 0 }, "BatchSize"),
            (Options with { LearningRate = double.NaN }, "LearningRate"), (Options with { WarmupSteps = -1 }, "WarmupSteps"),
            (Options with { FinalLearningRate = 2 }, "FinalLearningRate"), (Options with { GradientClip = 0 }, "GradientClip"),
            (Options with { EmaDecay = 1 }, "EmaDecay"), (Options with { Loss = (LossKind)9 }, "Loss"),
        })
            Assert.That(() => new Trainer(network, Process, Images(), options),
                Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains(name));
    }

    internal sealed class Observer(Action<Trainer, TrainingProgress> action) : ITrainingObserver
    {
        public void AfterStep(Trainer trainer, TrainingProgress progress, CancellationToken cancellationToken) => action(trainer, progress);
    }
}
