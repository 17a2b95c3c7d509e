using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Training;

/// <summary>What training does with the steps drawn and their losses.</summary>
public class TrainingLevelsTrainingTests
{
    private static readonly GaussianDiffusion Process = new(new LinearSchedule(6, 0.01, 0.4));

    private static readonly TrainingOptions Options = new()
    {
        Steps = 40, BatchSize = 8, LearningRate = 0.01, WarmupSteps = 0, HorizontalFlip = false, GradientClip = null,
        Loss = LossKind.VariationalBound, Variance = AncestralVariance.FixedLarge, Levels = TrainingLevels.Importance(),
    };

    private static ImageDataset Data() =>
        new(new ImageShape(3, 4, 4), [.. Enumerable.Range(0, 16 * 48).Select(i => (byte)Seeds.Mix((ulong)i))]);

    [Test]
    public void Run_ShowsTheNetworkTheStepsDrawnByTheHistorySoFar([Values] bool importance)
    {
        var options = Options with { Levels = importance ? TrainingLevels.Importance() : TrainingLevels.Stratified };
        using var network = new Listener();
        using var trainer = new Trainer(network, Process, Data(), options);
        var before = trainer.Losses.Export();
        var (weighted, step) = (0, 0);
        trainer.Run(observers: [new Observer(_ =>
        {
            var history = new LossHistory(Process.Steps);
            history.Import(before);
            var drawn = options.Levels.Draw(options.Seed, step++, 8, Process.Path, history);
            Assert.That(network.Told, Is.EqualTo(drawn.At.Select(at => (float)at.T)));
            weighted += drawn.Weights is null ? 0 : 1;
            before = trainer.Losses.Export();
        })]);
        Assert.That(trainer.Losses.IsFull, Is.True);
        Assert.That(weighted, importance ? Is.InRange(25, 35) : Is.Zero);     // 60 losses take at least 7 batches
    }

    [Test]
    public void AStep_WeighsTheLossReportsItsMeanAndRemembersTheLossesThemselves()
    {
        // Adam's first step tells only signs; the gradient's norm tells the weights.
        using var scope = NewDisposeScope();
        using var network = new Listener();
        using var trainer = new Trainer(network, Process, Data(), Options with { Steps = 1 });
        var history = Lopsided();
        trainer.Losses.Import(history.Export());
        var drawn = Options.Levels!.Draw(Options.Seed, 0, 8, Process.Path, history);

        var order = new BatchOrder(16, 8, dropLast: true, Options.Seed);
        var x0 = Pixels.Batch(Data(), order.Indices(0));
        var loss = new TrainingLoss { Kind = Options.Loss, Variance = Options.Variance };
        var perImage = loss.PerImage(Process, network, Parameterization.Epsilon, x0, drawn.At, TrainingDraws.NoiseLike(Options.Seed, 0, x0));
        var expected = (perImage * tensor(drawn.Weights!.ToArray(), ScalarType.Float32)).mean();
        expected.backward();
        var norm = Math.Sqrt(network.parameters().Sum(parameter => Math.Pow(parameter.grad!.norm().item<float>(), 2)));
        Assert.That(drawn.Weights!.Max() / drawn.Weights!.Min(), Is.GreaterThan(3));

        TrainingProgress? told = null;
        trainer.Run(new Direct<TrainingProgress>(report => told = report));
        Assert.That(told!.Loss, Is.EqualTo(expected.item<float>()).Within(1e-4).Percent);
        Assert.That(told.GradientNorm, Is.EqualTo(norm).Within(1e-3).Percent);
        history.Add([.. drawn.At.Select(at => (int)at.T)], perImage);
        Assert.That(trainer.Losses.Export(), Is.EqualTo(history.Export()).Within(1e-4).Percent);
    }

    [Test]
    public void Run_WithTheSameSeed_GivesTheSameBits([Values] bool importance)
    {
        var options = Options with { Levels = importance ? TrainingLevels.Importance() : TrainingLevels.Stratified };
        var (first, second) = (Train(options), Train(options));
        Assert.That(second, Is.EqualTo(first));
        Assert.That(Train(options with { Seed = 1 }), Is.Not.EqualTo(first));
    }

    [Test]
    public void AStepThatDiverges_LeavesTheHistoryAsItWas()
    {
        using var network = new Listener();
        using var trainer = new Trainer(network, Process, Data(), Options);
        var before = Array.Empty<float>();
        Assert.Throws<TrainingDivergedException>(() => trainer.Run(observers: [new Observer(step =>
        {
            before = trainer.Losses.Export();
            using var noGrad = no_grad();
            if (step == 20)
                network.parameters().First().fill_(float.NaN);
        })]));
        Assert.That(trainer.Losses.Export(), Is.EqualTo(before));
        Assert.That(before, Has.All.Matches<float>(float.IsFinite));
    }

    [Test]
    public void ManySteps_LeaveNothingAlive()
    {
        using var network = new Listener();
        using var trainer = new Trainer(network, Process, Data(), Options with { Steps = 110 });
        var (early, late) = (0L, 0L);
        trainer.Run(observers: [new Observer(step =>
        {
            if (step == 10)
                early = Expect.LiveTensors();
            if (step == 110)
                late = Expect.LiveTensors();
        })]);
        Assert.That(late, Is.EqualTo(early));
    }

    private static LossHistory Lopsided()
    {
        var history = new LossHistory(Process.Steps);
        for (var i = 0; i < LossHistory.Length * Process.Steps; i++)
            history.Add(i % Process.Steps, MathF.Pow(4, i % Process.Steps));
        return history;
    }

    // Every weight has its part in the losses.
    private static float[] Train(TrainingOptions options)
    {
        using var network = new Listener();
        using var trainer = new Trainer(network, Process, Data(), options);
        trainer.Run();
        return trainer.Losses.Export();
    }

    private sealed class Observer(Action<int> after) : ITrainingObserver
    {
        public void AfterStep(Trainer trainer, TrainingProgress progress, CancellationToken cancellationToken) => after(progress.Step);
    }

    /// <summary>A convolution that keeps the steps that it was last told.</summary>
    private sealed class Listener : nn.Module, IDenoiser
    {
        private readonly TinyNetwork network = new();

        internal Listener()
            : base(nameof(Listener)) => RegisterComponents();

        internal float[] Told { get; private set; } = [];

        public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
        {
            var labels = conditioning?.Labels;
            Told = t.data<float>().ToArray();
            GC.KeepAlive(t);
            return network.Predict(x, t, labels);
        }
    }
}
