using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

/// <summary>The presets of EDM and flow matching train and sample: two images come back.</summary>
public class EdmAndFlowTrainingTests
{
    private const byte Low = 64, High = 191;        // x_0 = -0.498 and 0.498: sigma_data is 1/2
    private const int Values = 3 * 4 * 4;

    private static readonly ImageShape Shape = new(3, 4, 4);

    private static readonly UNetOptions Options = UNetOptions.Tiny with { Image = Shape, Channels = 16, AttentionResolutions = [] };

    private static readonly TrainingOptions Recipe = new()
    {
        Steps = 1_000, BatchSize = 32, LearningRate = 4e-3, FinalLearningRate = 1e-4, WarmupSteps = 0, EmaDecay = 0.97, HorizontalFlip = false,
    };

    private static DiffusionBuilder Preset(bool flow) => flow ? new DiffusionBuilder().WithFlowMatching() : new DiffusionBuilder().WithEdm();

    private static Diffusion Fresh(bool flow) => Preset(flow).WithUNet(Options).WithSeed(0).Build();

    // One is bright above and dark below, the other the other way round; each many times, so that a batch holds both.
    private static ImageDataset Data() =>
        new(Shape, [.. Enumerable.Range(0, 32 * Values).Select(i => (i / Values % 2 == 0) == (i % 16 < 8) ? High : Low)]);

    private static Tensor Images() => Pixels.Batch(Data(), [0, 1]);

    private static double HeldOut(Diffusion model, params double[] rhos)
    {
        using var scope = NewDisposeScope();
        int[]? steps = rhos.Length > 0 ? [.. rhos.Select(rho => (int)model.Process.Path.AtRho(rho).T)] : null;
        return HeldOutLoss.Measure(
            model.Denoiser, model.Process, Images(), steps, parameterization: model.Prediction.Parameterization).Values.Average();
    }

    [Test]
    public void Train_OnTwoImages_SamplesThem([Values] bool flow)
    {
        using var scope = NewDisposeScope();
        using var network = new Perceptron(flow ? 1e-3 : 1);
        using var model = Preset(flow).WithDenoiser(network, Shape).Build();
        // Where the noise neither hides the image nor is itself hidden.
        double[] middle = [0.3, 0.6, 1.2, 2.4];
        var before = HeldOut(model, middle);
        model.Train(Recipe, Data());
        var after = HeldOut(model, middle);
        var samples = model.Sample(12, seed: 1);
        var distances = (samples.unsqueeze(1) - Images()).square().mean([2, 3, 4]).sqrt();
        var nearest = distances.min(1);
        TestContext.Out.WriteLine($"held-out loss {before:F3} to {after:F3}, distances up to {nearest.values.max().item<float>():F3}");
        Assert.That(after, Is.LessThan(before / 4));
        // The images are 1 apart: half-way is at 0.5 from both, noise beyond 1. Seen: 0.13 and 0.29.
        Assert.That(nearest.values.max().item<float>(), Is.LessThan(0.4));
        Assert.That(nearest.indexes.data<long>().ToArray().Distinct().Count(), Is.EqualTo(2), "both images come");
    }

    // The target F has unit variance at every level for data of deviation sigma_data, and a fresh network says 0.
    [Test]
    public void Loss_OfAFreshNetworkOfEdm_IsOne()
    {
        using var scope = NewDisposeScope();
        using var model = Fresh(flow: false);
        var byStep = HeldOutLoss.Measure(model.Denoiser, model.Process, Images(), parameterization: model.Prediction.Parameterization);
        // A level's loss is a mean of 96 squares, whose standard error is at most √(2/96) = 0.14; of twenty levels 0.03.
        Assert.That(byStep.Values, Is.All.EqualTo(1).Within(4 * 0.14));
        Assert.That(byStep.Values.Average(), Is.EqualTo(1).Within(4 * 0.03));
    }

    // ε - x_0 has the variance of both.
    [Test]
    public void Loss_OfAFreshNetworkOfFlowMatching_IsOneAndTheDatas()
    {
        using var model = Fresh(flow: true);
        Assert.That(HeldOut(model), Is.EqualTo(1.25).Within(4 * 0.04));
    }

    [Test]
    public void TrainAndSample_WithTheSameSeed_GiveTheSameBits([Values] bool flow)
    {
        using var scope = NewDisposeScope();
        Tensor Run(ulong seed)
        {
            using var model = Fresh(flow);
            model.Train(Recipe with { Steps = 5, Seed = seed }, Data());
            return model.Sample(2, seed: 3);
        }
        var first = Run(0);
        Expect.Same(Run(0), first);
        Assert.That(Expect.AreSame(Run(1), first), Is.False);
    }

    // Two hidden layers; as fresh UNets do, it says 0 at first.
    private sealed class Perceptron : nn.Module, IDenoiser
    {
        private const int Width = 128, Features = 4;

        private readonly TorchSharp.Modules.Sequential layers;
        private readonly double timeScale;

        internal Perceptron(double timeScale)
            : base(nameof(Perceptron))
        {
            this.timeScale = timeScale;
            using var generator = new Generator(5);
            layers = nn.Sequential(
                nn.Linear(Values + 2 * Features, Width), nn.SiLU(), nn.Linear(Width, Width), nn.SiLU(), nn.Linear(Width, Values));
            RegisterComponents();
            using var noGrad = no_grad();
            foreach (var weight in layers.parameters())
                weight.copy_(weight.dim() == 2 && weight.shape[0] == Width
                    ? randn(weight.shape, generator: generator) / Math.Sqrt(weight.shape[1])
                    : zeros_like(weight));
        }

        public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
        {
            using var scope = NewDisposeScope();
            var angles = (t * timeScale).unsqueeze(1) * tensor(new[] { 1f, 2f, 4f, 8f });
            return layers.call(cat([x.flatten(1), angles.sin(), angles.cos()], 1)).view(x.shape).MoveToOuterDisposeScope();
        }
    }
}
