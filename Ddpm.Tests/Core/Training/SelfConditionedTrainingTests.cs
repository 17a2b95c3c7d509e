using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Training;

/// <summary>Training with an estimate of x_0 (Chen et al. 2022, algorithm 1).</summary>
public class SelfConditionedTrainingTests(bool wrapped) : WrappedOrPlainTests(wrapped)
{
    private static readonly GaussianDiffusion Process = new(new LinearSchedule(30, 1e-3, 0.3));
    private static readonly int[] Steps = [0, 1, 15, 29];
    private static readonly TrainingOptions Options = new() { Steps = 40, BatchSize = 4, LearningRate = 0.01, WarmupSteps = 0, EmaDecay = 0 };

    private static Tensor Images => CosineNoise.Draw(2, 4, 3, 8, 8).clamp(-1, 1);

    private static Tensor Noise => CosineNoise.Draw(9, 4, 3, 8, 8);

    private Tensor Loss(
        TrainingLoss loss, IDenoiser network, Tensor? labels = null, bool showEstimate = true, Parameterization? parameterization = null) =>
        loss.PerImage(Process, Wrap(network), Images, Steps, Noise, labels, showEstimate, parameterization);

    [Test]
    public void PerImage_IsTheLossByHand_AndTheEstimateCarriesNoGradient()
    {
        using var scope = NewDisposeScope();
        using var network = new EstimateNetwork();
        var loss = Loss(new(), network);
        loss.mean().backward();

        // ε_θ = w x + v x̃_0 with x̃_0 = clamp((x - σ w x)/α), a constant: ∂L/∂w = mean 2 (ε_θ - ε) x, ∂L/∂v = mean 2 (ε_θ - ε) x̃_0.
        double[] w = [0.3f, 0.2f];
        var points = Steps.Select(Process.Path.At).ToArray();
        var (α, σ) = (Column(points.Select(at => at.Alpha)), Column(points.Select(at => at.Sigma)));
        var (x0, ε) = (Images.to(ScalarType.Float64), Noise.to(ScalarType.Float64));
        var x = α * x0 + σ * ε;
        var estimate = ((x - σ * w[0] * x) / α).clamp(-1, 1);
        var error = w[0] * x + w[1] * estimate - ε;
        Expect.RelativelyClose(loss, error.square().mean([1L, 2, 3]), 1e-6);             // float32 against double
        Assert.That(network.W.grad!.item<float>(), Is.EqualTo((2 * error * x).mean().item<double>()).Within(1e-6));
        Assert.That(network.V.grad!.item<float>(), Is.EqualTo((2 * error * estimate).mean().item<double>()).Within(1e-6));
        Assert.That(network.Shown, Is.EqualTo(new[] { false, true }));
        Assert.That(network.SawGradient, Is.False);

        static Tensor Column(IEnumerable<double> values) => tensor(values.ToArray()).view(-1, 1, 1, 1);
    }

    // Shown an estimate that is made by hand, the network is one of x alone, whose loss the other tests know.
    [Test]
    public void PerImage_OfEveryLossAndPrediction_IsThatOfTheNetworkShownItsOwnX0(
        [Values("L2", "L1", "weighted", "bound", "hybrid")] string kind, [Values] PredictionType prediction, [Values] bool labelled)
    {
        using var scope = NewDisposeScope();
        using var network = new EstimateNetwork(learnsVariance: kind is "bound" or "hybrid");
        var loss = kind switch
        {
            "L1" => new TrainingLoss { Kind = LossKind.L1 },
            "weighted" => new() { Weighting = LossWeighting.MinSnr() },
            "bound" => new() { Kind = LossKind.VariationalBound },
            "hybrid" => new() { BoundWeight = 0.001 },
            _ => new(),
        };
        var own = new Parameterization
        {
            Prediction = prediction,
            Variance = kind is "bound" or "hybrid" ? LearnedVariance.Range : LearnedVariance.None,
        };
        var labels = labelled ? tensor(new[] { 0L, 1, 2, 3 }) : null;
        var xt = Process.Diffuse(Images, Steps, Noise);
        var first = Wrap(network).Predict(xt, tensor(Steps.Select(t => (float)t).ToArray()), labels)[.., ..3];
        var estimate = own.X0Of(Process, xt, first, Steps).clamp(-1, 1).detach();
        var shown = new FormulaDenoiser((x, t) => network.Predict(x, t.flatten(), labels, estimate));
        Expect.Same(Loss(loss, network, labels, parameterization: own), Loss(loss, shown, showEstimate: false, parameterization: own));
        Assert.That(
            Expect.AreSame(
                Loss(loss, network, labels, parameterization: own), Loss(loss, network, labels, showEstimate: false, parameterization: own)),
            Is.False);
    }

    [Test]
    public void PerImage_LeavesNothingAlive()
    {
        using var network = new EstimateNetwork(learnsVariance: true);
        using Tensor images = Images, noise = Noise;
        Expect.NoLeak(() =>
        {
            var loss = new TrainingLoss { BoundWeight = 0.001 };
            loss.PerImage(
                Process, Wrap(network), images, Steps, noise, showEstimate: true, parameterization: StepVariance.LearnedRange.Epsilon()).Dispose();
            network.Shown.Clear();
        });
    }

    [Test]
    public void ShowsEstimate_FollowsSeedAndStepAlone_AsOftenAsAsked()
    {
        bool[] Coins(ulong seed, double rate) => [.. Enumerable.Range(0, 2000).Select(step => TrainingDraws.ShowsEstimate(seed, step, rate))];
        var coins = Coins(3, 0.5);
        Assert.That(Coins(3, 0.5), Is.EqualTo(coins));
        Assert.That(Coins(4, 0.5), Is.Not.EqualTo(coins));
        Assert.That(Coins(3, 0), Has.All.False);
        Assert.That(Coins(3, 1), Has.All.True);
        // 1,000 and 400 of 2,000, standard deviations 22 and 18; five of them.
        Assert.That(Coins(3, 0.5).Count(shows => shows), Is.InRange(888, 1112));
        Assert.That(Coins(3, 0.2).Count(shows => shows), Is.InRange(310, 490));
    }

    [TestCase(0)]
    [TestCase(0.5)]
    [TestCase(1)]
    public void Run_ShowsAnEstimateInTheStepsOfItsCoin(double rate)
    {
        using var network = new EstimateNetwork();
        Train(network, Options with { SelfConditioningRate = rate, Seed = 5 });
        var expected = Enumerable.Range(0, 40).SelectMany(step => TrainingDraws.ShowsEstimate(5, step, rate) ? new[] { false, true } : [false]);
        Assert.That(network.Shown, Is.EqualTo(expected));
        Assert.That(network.Shown.Count(shown => shown), rate is 0 or 1 ? Is.EqualTo(40 * rate) : Is.InRange(5, 35));
        Assert.That(network.SawGradient, Is.False);
    }

    [Test]
    public void Run_WithTheSameSeed_GivesTheSameBits_AndAtRate0ThoseOfANetworkThatTakesNone()
    {
        var half = Trained(Options);
        Assert.That(Trained(Options), Is.EqualTo(half));
        Assert.That(Trained(Options with { SelfConditioningRate = 0.6 }), Is.Not.EqualTo(half));
        Assert.That(Trained(Options with { SelfConditioningRate = 0 }), Is.EqualTo(Trained(Options, takes: false)));
        Assert.That(Trained(Options with { SelfConditioningRate = 1 }, takes: false), Is.EqualTo(Trained(Options, takes: false)));

        (float, float) Trained(TrainingOptions options, bool takes = true)
        {
            using var network = new EstimateNetwork { TakesEstimate = takes };
            Train(network, options);
            return (network.W.item<float>(), network.V.item<float>());
        }
    }

    [Test]
    public void Evaluation_AsksWithoutAnEstimate()
    {
        using var scope = NewDisposeScope();
        using var network = new EstimateNetwork();
        HeldOutLoss.Measure(Wrap(network), Process, Images, [3, 9]);
        new VariationalBound { Steps = [0, 5] }.Measure(Wrap(network), Process.Path, Images);
        Assert.That(network.Shown, Has.Count.EqualTo(4).And.All.False);
    }

    [Test]
    public void PartsThatDoNotFit_AreRefusedWithTheRule()
    {
        using var scope = NewDisposeScope();
        using var plain = new TinyNetwork();
        using var network = new EstimateNetwork();
        using var takesNone = new EstimateNetwork { TakesEstimate = false };
        Assert.That(() => Loss(new(), plain), Throws.ArgumentException.With.Message.Contains("takes an estimate"));
        Assert.That(() => Loss(new(), takesNone), Throws.ArgumentException.With.Message.Contains("takes an estimate"));
        foreach (var rate in new[] { -0.1, 1.1, double.NaN })
            Assert.That(() => Train(network, Options with { SelfConditioningRate = rate }),
                Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("SelfConditioningRate"));
        // Out of pure noise x_0 does not follow from ε.
        var toNoise = new GaussianDiffusion(new ZeroTerminalSnrSchedule(new LinearSchedule(30)));
        Assert.That(() => new Trainer(Wrap(network), toNoise, Data(), Options), Throws.ArgumentException.With.Message.Contains("zero terminal SNR"));
        Assert.That(() => new Trainer(Wrap(network), toNoise, Data(), Options with { SelfConditioningRate = 0 }), Throws.Nothing);
        Assert.That(() => new Trainer(Wrap(network), toNoise, Data(), Options, Parameterization.V), Throws.Nothing);
    }

    [Test]
    public void Run_LowersTheLoss()
    {
        using var network = new PixelNetwork();
        var losses = new List<double>();
        var process = new GaussianDiffusion(new CosineSchedule(100));
        using var trainer = new Trainer(Wrap(network), process, TwoGreys(512), Options with { Steps = 600, BatchSize = 32 });
        trainer.Run(new Direct<TrainingProgress>(report => losses.Add(report.Loss)));
        // Measured with three seeds of weights and noise: 0.45 to 0.50.
        Assert.That(losses.TakeLast(100).Average() / losses.Take(20).Average(), Is.LessThan(0.6));
    }

    // 2 x 2 pixels, each at one of two greys.
    private static ImageDataset TwoGreys(int count) =>
        new(new ImageShape(1, 2, 2), [.. Enumerable.Range(0, count * 4).Select(i => Seeds.Mix(1, (ulong)i) % 2 == 0 ? (byte)38 : (byte)217)]);

    /// <summary>ε of a pixel by x, the estimate and t, through one hidden layer.</summary>
    private sealed class PixelNetwork : nn.Module, IDenoiser
    {
        private readonly TorchSharp.Modules.Parameter enter, shift, leave;

        internal PixelNetwork()
            : base(nameof(PixelNetwork))
        {
            using var generator = new Generator(0);
            enter = nn.Parameter(randn(3, 32, generator: generator));
            shift = nn.Parameter(randn(32, generator: generator));
            leave = nn.Parameter(randn(32, 1, generator: generator) * 0.1);
            RegisterComponents();
        }

        public bool TakesEstimate => true;

        public NetworkTraits Traits => new() { TakesEstimate = TakesEstimate };

        public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
        {
            var x0 = conditioning?.Estimate;
            using var scope = NewDisposeScope();
            var seen = stack([x, x0 ?? zeros_like(x), (t / 50 - 1).view(-1, 1, 1, 1).expand_as(x)], -1).view(-1, 3);
            return (seen.mm(enter) + shift).tanh().mm(leave).view(x.shape).MoveToOuterDisposeScope();
        }
    }

    private void Train(EstimateNetwork network, TrainingOptions options)
    {
        using var trainer = new Trainer(Wrap(network), Process, Data(), options);
        trainer.Run();
    }

    private static ImageDataset Data() =>
        new(new ImageShape(3, 8, 8), [.. Enumerable.Range(0, 12 * 3 * 8 * 8).Select(i => (byte)Seeds.Mix((ulong)i))]);
}
