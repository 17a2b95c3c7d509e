using static Ddpm.Tests.Core.Training.TrainerTests;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Training;

/// <summary>What a run needs to go on, parts of a batch, and steps that are skipped.</summary>
public class TrainerStateTests
{
    private static readonly TrainingOptions Recipe = Options with
    {
        Averages = [AverageProfile.Ramped(0.9), AverageProfile.Power(0.1)], OffsetNoise = 0.1, Levels = TrainingLevels.Importance(0.1),
    };

    private static readonly GaussianDiffusion Short = new(new LinearSchedule(3, 0.01, 0.4));

    private static Trainer Run(
        nn.Module network, int steps, TrainingState? from = null, TrainingOptions? recipe = null, GaussianDiffusion? process = null)
    {
        var trainer = new Trainer((IDenoiser)network, process ?? Short, Images(), (recipe ?? Recipe) with { Steps = steps });
        if (from is not null)
            trainer.Restore(from);
        trainer.Run();
        return trainer;
    }

    private static void Same(TrainingState first, TrainingState second)
    {
        Assert.That(second.Step, Is.EqualTo(first.Step));
        Assert.That(second.Losses, Is.EqualTo(first.Losses));
        foreach (var (mine, its) in Groups(first).Zip(Groups(second)))
            foreach (var (name, tensor) in mine)
                Expect.Same(its[name], tensor);

        static IEnumerable<IReadOnlyDictionary<string, Tensor>> Groups(TrainingState state) =>
            [state.Weights, .. state.Moments.OrderBy(pair => pair.Key).Select(pair => pair.Value),
                .. state.Averages.OrderBy(pair => pair.Key).Select(pair => pair.Value)];
    }

    [Test]
    public void FromAnyStop_TheRunGoesOnBitForBit([Range(1, 19, 3)] int stop) => ExpectItGoesOn(stop, Recipe, Short);

    /// <summary>A run of 20 steps that is stopped and goes on has the weights and the state of one that was not.</summary>
    internal static void ExpectItGoesOn(int stop, TrainingOptions recipe, GaussianDiffusion process)
    {
        using var whole = new TinyNetwork();
        using var expected = Run(whole, 20, recipe: recipe, process: process);
        using var first = new TinyNetwork();
        using var begun = Run(first, stop, recipe: recipe, process: process);
        using var state = begun.Capture();
        using var second = new TinyNetwork();
        using var resumed = Run(second, 20, state, recipe, process);
        Assert.That(Weights(second), Is.EqualTo(Weights(whole)));
        using var mine = expected.Capture();
        using var its = resumed.Capture();
        Same(mine, its);
    }

    // What the test above would miss if a part of the state were of no use.
    [TestCase("moments")]
    [TestCase("history")]
    [TestCase("averages")]
    public void WithoutAPartOfTheState_TheRunIsAnother(string without)
    {
        using var whole = new TinyNetwork();
        using var expected = Run(whole, 40);
        using var first = new TinyNetwork();
        using var begun = Run(first, 20);
        using var state = begun.Capture();
        foreach (var tensor in (without switch { "moments" => state.Moments.Values, "averages" => state.Averages.Values, _ => [] })
            .SelectMany(group => group.Values))
            tensor.zero_();
        var crippled = new TrainingState
        {
            Step = state.Step, DrawnBefore = state.DrawnBefore, SkippedSteps = 0, SkippedInARow = 0, OptimizerSteps = state.OptimizerSteps,
            Weights = state.Weights, Moments = state.Moments, Averages = state.Averages,
            Losses = without == "history" ? new LossHistory(Short.Steps).Export() : state.Losses,
        };
        using var second = new TinyNetwork();
        using var resumed = Run(second, 40, crippled);
        Assert.That(Weights(second), Is.Not.EqualTo(Weights(whole)));
    }

    [Test]
    public void AStateOfAnotherNetworkRuleOrAverage_IsRefused_AndNothingChanges()
    {
        using var network = new TinyNetwork();
        using var trainer = Run(network, 4);
        using var state = trainer.Capture();
        var before = Weights(network);
        foreach (var (recipe, said) in new (TrainingOptions, string)[]
        {
            (Recipe with { Averages = [AverageProfile.Ramped(0.9)] }, "averages"), (Recipe with { Averages = [] }, "averages"),
        })
        {
            using var other = new TinyNetwork();
            using var its = new Trainer(other, Short, Images(), recipe);
            var weights = Weights(other);
            Assert.That(() => its.Restore(state), Throws.ArgumentException.With.Message.Contains(said));
            Assert.That((its.Step, Weights(other)), Is.EqualTo((0, weights)));
        }
        using var unet = new UNet(UNetOptions.Tiny with { Channels = 16, Multipliers = [1, 1] });
        using var another = new Trainer(unet, Short, new ShapesReader(count: 12).Read(), Recipe);
        Assert.That(() => another.Restore(state), Throws.ArgumentException.With.Message.Contains("'conv_in.weight'"));
        Assert.That(Weights(network), Is.EqualTo(before));
    }

    [Test]
    public void ABatchInParts_GivesWhatTheWholeGives([Values(1, 3, 4)] int part)
    {
        static float[] Train(int? part, TrainingLevels levels)
        {
            using var network = new UNet(UNetOptions.Tiny with { Channels = 16, Multipliers = [1, 1], Dropout = 0.3 });
            using var trainer = new Trainer(network, Process, new ShapesReader(count: 12).Read(), Options with
            {
                BatchSize = 10, Steps = 2, MicroBatchSize = part, OffsetNoise = 0.1, Levels = levels, LearningRate = 1e-3, EmaDecay = 0,
            });
            trainer.Run();
            return Weights(network);
        }
        // Weights move by 2e-3; Adam's first steps show the rounding of gradients near 0 in some.
        var (whole, parts) = (Train(null, TrainingLevels.Uniform), Train(part, TrainingLevels.Uniform));
        var difference = whole.Zip(parts, (a, b) => Math.Abs(a - b)).ToArray();
        Assert.That(difference.Average(), Is.LessThan(1e-6));
        Assert.That(difference.Order().ElementAt((int)(0.99 * difference.Length)), Is.LessThan(2e-5));
        Assert.That(difference.Max(), Is.LessThan(4e-3));
    }

    [Test]
    public void ABadBatch_IsSkippedCountedAndTold_AndTheWeightsStay()
    {
        using var network = new TinyNetwork();
        var bad = new HashSet<int> { 3, 4, 8 };
        using var trainer = new Trainer(new Spoiling(network, bad), Process, Images(), Options with { Steps = 10 });
        var (weights, skipped) = (new List<float[]>(), new List<int>());
        trainer.Run(new Direct<TrainingProgress>(report =>
        {
            Assert.That(report.Read.Single().IsSkipped, Is.EqualTo(bad.Contains(report.Step)));
            Assert.That(report.Read.Single().Loss, bad.Contains(report.Step) ? Is.NaN : Is.GreaterThan(0));
            skipped.Add(report.SkippedSteps);
            weights.Add(Weights(network));
        }));
        Assert.That(skipped, Is.EqualTo((int[])[0, 0, 1, 2, 2, 2, 2, 3, 3, 3]));
        for (var step = 2; step <= 10; step++)
            Assert.That(weights[step - 1].SequenceEqual(weights[step - 2]), Is.EqualTo(bad.Contains(step)), $"step {step}");
        using var state = trainer.Capture();
        Assert.That((state.SkippedSteps, state.OptimizerSteps, state.Step), Is.EqualTo((3, 7, 10)));
    }

    [Test]
    public void TooManyBadBatchesInARow_EndTheRunWithTheLastGoodWeights()
    {
        using var network = new TinyNetwork();
        using var trainer = new Trainer(
            new Spoiling(network, [.. Enumerable.Range(5, 100)]), Process, Images(), Options with { MaximumSkips = 3, EmaDecay = 0 });
        var good = Array.Empty<float>();
        var fault = Assert.Throws<TrainingDivergedException>(() => trainer.Run(new Direct<TrainingProgress>(report =>
            good = report.Step == 4 ? Weights(network) : good)));
        Assert.That(fault.Step, Is.EqualTo(8));
        Assert.That(fault.Message, Does.Contain($"after {3} such steps"));
        Assert.That(Weights(network), Is.EqualTo(good));
    }

    [Test]
    public void Figures_AreReadEveryFewSteps_AndAllOfThem([Values(1, 3, 7, 100)] int every)
    {
        using var network = new TinyNetwork();
        using var trainer = new Trainer(network, Process, Images(), Options with { ReadEvery = every });
        var read = new List<StepRecord>();
        trainer.Run(new Direct<TrainingProgress>(report =>
        {
            Assert.That(report.Read.Count, Is.EqualTo(report.Step % every == 0 ? every : report.Step == 20 ? 20 % every : 0));
            read.AddRange(report.Read);
            Assert.That(report.Loss, read.Count == 0 ? Is.NaN : Is.EqualTo(read[^1].Loss));
        }));
        using var other = new TinyNetwork();
        using var each = new Trainer(other, Process, Images(), Options);
        var expected = new List<StepRecord>();
        each.Run(new Direct<TrainingProgress>(report => expected.AddRange(report.Read)));
        Assert.That(read, Is.EqualTo(expected));
    }

    [Test]
    public void GradientSync_ActsBeforeClippingAndTheOptimiser()
    {
        using var network = new TinyNetwork();
        var seen = new List<double>();
        using var trainer = new Trainer(network, Process, Images(), Options with { EmaDecay = 0 }) { GradientSync = new Zeroing(seen) };
        trainer.Run(new Direct<TrainingProgress>(report => Assert.That(report.GradientNorm, Is.Zero)));
        Assert.That(seen, Has.Count.EqualTo(20).And.All.GreaterThan(0));
        Assert.That(Weights(network), Is.All.Zero);             // Adam along a gradient of zeros stays
    }

    [Test]
    public void Buffers_AreAveragedToo_AndKeptInTheState()
    {
        using var network = new WithBuffers();
        using var trainer = new Trainer(network, Process, Images(), Options with { EmaDecay = 0.5, Steps = 6 });
        var average = 0.0;
        trainer.Run(observers: [new Observer((run, progress) =>
        {
            var raw = network.Mean;
            var decay = AverageProfile.Ramped(0.5).DecayAt(progress.Step - 1, 4);
            average = decay * average + (1 - decay) * raw;
            using (run.UseAverage())
                Assert.That(network.Mean, Is.EqualTo(average).Within(1e-6));
            Assert.That(network.Mean, Is.EqualTo(raw));
        })]);
        Assert.That(network.Mean, Is.EqualTo(average).Within(1e-6));
        using var state = trainer.Capture();
        Assert.That(state.Weights["mean"].item<float>(), Is.EqualTo(6));
        Assert.That(state.Averages.Values.Single()["mean"].item<float>(), Is.EqualTo(average).Within(1e-6));
        Assert.That(state.Averages.Values.Single()["count"].item<long>(), Is.EqualTo(6));
    }

    private sealed class Zeroing(List<double> seen) : IGradientSync
    {
        public void Average(Tensor gradient)
        {
            using var norm = gradient.norm();
            seen.Add(norm.item<float>());
            gradient.zero_();
        }
    }

    /// <summary>Says NaN in some calls, counted from 1.</summary>
    private sealed class Spoiling(IDenoiser inner, HashSet<int> bad) : DelegatingDenoiser(inner)
    {
        private int calls;

        public override Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
        {
            using var said = base.Predict(x, t, conditioning);
            return said * (bad.Contains(++calls) ? double.NaN : 1);
        }
    }

    /// <summary>Counts its calls in two buffers.</summary>
    private sealed class WithBuffers : nn.Module, IDenoiser
    {
        private readonly TinyNetwork inside = new();
        private readonly Tensor mean = zeros(1), count = zeros(1, ScalarType.Int64);

        internal WithBuffers()
            : base(nameof(WithBuffers)) => RegisterComponents();

        internal float Mean => mean.item<float>();

        public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
        {
            using var noGrad = no_grad();
            mean.add_(1);
            count.add_(1);
            using var gradients = enable_grad();
            return inside.Predict(x, t, conditioning);
        }
    }
}
