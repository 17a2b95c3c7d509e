using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Training;

/// <summary>Losses against guided-diffusion's, and who gets which gradient.</summary>
public class TrainingLossTests
{
    private static readonly StepVariance[] Learned = [StepVariance.LearnedRange, StepVariance.LearnedLogarithm];

    private static int[] Steps => GuidedRecordings.LossSteps;

    private static Tensor Recorded(string loss, StepVariance variance, string term = "loss") =>
        GuidedRecordings.Read($"loss.{loss}.{GuidedRecordings.Name(variance)}.{term}");

    private static Tensor PerImage(TrainingLoss loss, IDenoiser network, Parameterization? parameterization = null) => loss.PerImage(
        GuidedRecordings.LinearProcess, network, GuidedRecordings.X0(), Steps, GuidedRecordings.LossNoise(), parameterization: parameterization);

    private static Tensor PerImage(TrainingLoss loss, StepVariance variance) =>
        PerImage(loss with { Variance = variance.Fixed() }, GuidedRecordings.Network(variance), variance.Epsilon());

    // Computed and recorded in float32: 1e-5 of the largest value.
    [Test]
    public void Hybrid_IsTheRecordedLoss([ValueSource(nameof(Learned))] StepVariance variance)
    {
        using var scope = NewDisposeScope();
        var loss = new TrainingLoss();
        Expect.RelativelyClose(PerImage(loss, variance), Recorded("MSE", variance, "mse"), 1e-5);
        Expect.RelativelyClose(PerImage(loss with { BoundWeight = 1.0 / GuidedRecordings.Steps }, variance), Recorded("MSE", variance), 1e-5);
        // Rescaled, the authors multiply by T/1000: the λ = 0.001 of their paper.
        Expect.RelativelyClose(PerImage(loss with { BoundWeight = 0.001 }, variance), Recorded("RESCALED_MSE", variance), 1e-5);
    }

    [Test]
    public void Bound_IsTheRecordedLoss(
        [Values(StepVariance.FixedSmall, StepVariance.FixedLarge, StepVariance.LearnedRange,
            StepVariance.LearnedLogarithm)]
        StepVariance variance)
    {
        using var scope = NewDisposeScope();
        var loss = new TrainingLoss { Kind = LossKind.VariationalBound };
        Expect.RelativelyClose(PerImage(loss, variance), Recorded("RESCALED_KL", variance), 1e-5);
        Expect.RelativelyClose(PerImage(loss, variance) / GuidedRecordings.Steps, Recorded("KL", variance), 1e-5);
    }

    [TestCase(StepVariance.FixedSmall)]
    [TestCase(StepVariance.FixedLarge)]
    public void Simple_IsTheRecordedLoss(StepVariance variance)
    {
        using var scope = NewDisposeScope();
        Expect.RelativelyClose(PerImage(new(), variance), Recorded("MSE", variance), 1e-5);
    }

    [Test]
    public void Bound_OfATerm_IsWhatTheEvaluationMeasures()
    {
        using var scope = NewDisposeScope();
        var network = GuidedRecordings.Network(StepVariance.LearnedRange);
        var perImage = PerImage(new() { Kind = LossKind.VariationalBound }, StepVariance.LearnedRange).cpu().data<float>().ToArray();
        var x0 = GuidedRecordings.X0();
        for (var i = 0; i < Steps.Length; i++)
        {
            var noise = new GivenNoise((_, _) => GuidedRecordings.LossNoise()[i..(i + 1)]);
            var measured = new VariationalBound { Steps = [Steps[i]], Noise = noise }
                .Measure(network, GuidedRecordings.Linear, x0[i..(i + 1)],
                    new() { Parameterization = StepVariance.LearnedRange.Epsilon(), Clip = null });
            Assert.That(perImage[i] / GuidedRecordings.Steps, Is.EqualTo(measured.Terms[0].Bits).Within(1e-3).Percent);
        }
    }

    [Test]
    public void Weighted_IsTheSameWhateverTheNetworkPredicts()
    {
        // Networks that mean the same x_0: the weights turn all three differences into one.
        using var scope = NewDisposeScope();
        var (x0, noise, process) = (GuidedRecordings.X0(), GuidedRecordings.LossNoise(), GuidedRecordings.LinearProcess);
        var ε = noise + 0.3 * CosineNoise.Draw(4, x0.shape);
        var xt = process.Diffuse(x0, Steps, noise);
        var guess = Parameterization.Epsilon.X0Of(process, xt, ε, Steps);
        var weighted = new TrainingLoss { Weighting = LossWeighting.MinSnr() };
        var said = Loss(PredictionType.Epsilon);
        Expect.RelativelyClose(Loss(PredictionType.X0), said, 1e-5);
        Expect.RelativelyClose(Loss(PredictionType.V), said, 1e-5);
        var weights = tensor(Steps.Select(t => (float)LossWeighting.MinSnr().At(process.Path.At(t))).ToArray());
        Expect.RelativelyClose(said, weights * (ε - noise).square().mean([1L, 2, 3]), 1e-6);

        Tensor Loss(PredictionType type) =>
            PerImage(weighted, new FormulaDenoiser((_, _) => Of(type).Target(process, guess, Steps, ε)), Of(type));

        static Parameterization Of(PredictionType type) => new() { Prediction = type };
    }

    [TestCase(LossKind.L1, 0.5, 3.0)]
    [TestCase(LossKind.L2, 0.25, 9.0)]
    [TestCase(LossKind.SmoothL1, 0.125, 2.5)]
    public void PerImage_OfAConstantError_IsItsClosedForm(LossKind kind, double below1, double above1)
    {
        using var scope = NewDisposeScope();
        var error = tensor(new[] { 0.5f, 3, -0.5f, -3 }).view(4, 1, 1, 1);
        var off = new FormulaDenoiser((_, _) => GuidedRecordings.LossNoise() + error);
        Expect.Close(PerImage(new() { Kind = kind }, off), tensor(new[] { below1, above1, below1, above1 }), 1e-5);
    }

    [Test]
    public void Hybrid_GivesTheVarianceTheBoundsGradientAndTheMeanNone()
    {
        using var scope = NewDisposeScope();
        using var network = new TwoHalves();
        var (simple, variance) = Gradients(new());
        Assert.That((simple != 0, variance), Is.EqualTo((true, 0f)));
        var hybrid = Gradients(new() { BoundWeight = 0.1 });
        Assert.That(hybrid.Mean, Is.EqualTo(simple));
        Assert.That(hybrid.Variance, Is.Not.Zero);
        Assert.That(Gradients(new() { BoundWeight = 0.2 }).Variance, Is.EqualTo(2 * hybrid.Variance).Within(0.01).Percent);
        // λ T L_t and T L_t have the same gradient by the variance but for λ; the bound alone also teaches the mean.
        var bound = Gradients(new() { Kind = LossKind.VariationalBound });
        Assert.That(hybrid.Variance, Is.EqualTo(0.1 * bound.Variance).Within(0.01).Percent);
        Assert.That(bound.Mean, Is.Not.Zero.And.Not.EqualTo(simple));

        (float Mean, float Variance) Gradients(TrainingLoss loss)
        {
            network.zero_grad();
            PerImage(loss, network, StepVariance.LearnedRange.Epsilon()).mean().backward();
            return (Of(network.Mean), Of(network.Variance));
        }

        static float Of(Tensor parameter) => parameter.grad?.item<float>() ?? 0;
    }

    [Test]
    public void Bound_OfFarOffGuesses_HasFiniteGradients()
    {
        using var scope = NewDisposeScope();
        using var network = new TwoHalves();
        network.Mean.requires_grad_(false).fill_(1000).requires_grad_(true);
        PerImage(new() { Kind = LossKind.VariationalBound }, network, StepVariance.LearnedRange.Epsilon()).mean().backward();
        Assert.That(float.IsFinite(network.Mean.grad!.item<float>()) && float.IsFinite(network.Variance.grad!.item<float>()), Is.True);
    }

    [Test]
    public void PerImage_LeavesNothingAlive()
    {
        using var x0 = GuidedRecordings.X0();
        using var noise = GuidedRecordings.LossNoise();
        var loss = new TrainingLoss { BoundWeight = 0.001, Weighting = LossWeighting.P2() };
        var network = GuidedRecordings.Network(StepVariance.LearnedRange);
        var learned = StepVariance.LearnedRange.Epsilon();
        Expect.NoLeak(() => loss.PerImage(GuidedRecordings.LinearProcess, network, x0, Steps, noise, parameterization: learned).Dispose());
    }

    [Test]
    public void PartsThatDoNotFit_AreRefusedWithTheRule()
    {
        using var scope = NewDisposeScope();
        using var network = new TinyNetwork();
        var process = GuidedRecordings.LinearProcess;
        var data = new ImageDataset(new ImageShape(3, 2, 2), new byte[12]);
        foreach (var (options, rule) in new (TrainingOptions, string)[]
        {
            (new() { BoundWeight = -1 }, "bound must be at least 0"),
            (new() { BoundWeight = double.PositiveInfinity }, "bound must be at least 0"),
            (new() { Variance = (AncestralVariance)9 }, "Variance must be one of"),
            (new() { Weighting = null! }, "Weighting"),
            (new() { Loss = LossKind.VariationalBound, BoundWeight = 1 }, "the bound's weight is 1"),
            (new() { Loss = LossKind.VariationalBound, Weighting = LossWeighting.MinSnr() }, "the weighting min-SNR 5"),
            (new() { BoundWeight = 1 }, "but it says none"),
            (new() { LossSpace = (PredictionType)9 }, "The space of the loss"),
            (new() { Loss = LossKind.VariationalBound, Levels = TrainingLevels.LogNormalRho() }, "whole steps"),
        })
            Assert.That(() => new Trainer(network, process, data, options with { BatchSize = 1 }),
                Throws.InstanceOf<ArgumentException>().With.Message.Contains(rule));
        var toNoise = new GaussianDiffusion(new ZeroTerminalSnrSchedule(new LinearSchedule(30)));
        Assert.That(() => new Trainer(network, toNoise, data, new() { BatchSize = 1, BoundWeight = 0.001 }, StepVariance.LearnedRange.Epsilon()),
            Throws.ArgumentException.With.Message.Contains("zero terminal SNR"));
        Assert.That(() => PerImage(new() { BoundWeight = 0.001 }, network, StepVariance.LearnedRange.Epsilon()),
            Throws.InvalidOperationException.With.Message.Contains("[N, 2C, H, W]"));
        Assert.That(() => PerImage(new(), new FormulaDenoiser((x, _) => x[0..2])),
            Throws.InvalidOperationException.With.Message.Contains("[2, "));
    }

    /// <summary>One weight for the mean's half of the channels and one for the variance's.</summary>
    private sealed class TwoHalves : nn.Module, IDenoiser
    {
        internal readonly TorchSharp.Modules.Parameter Mean = nn.Parameter(full(1, 0.3f)), Variance = nn.Parameter(full(1, 0.2f));

        internal TwoHalves()
            : base(nameof(TwoHalves)) => RegisterComponents();

        public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
        {
            using var scope = NewDisposeScope();
            return cat([Mean * x, Variance * x.cos()], 1).MoveToOuterDisposeScope();
        }
    }
}
