using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core;

public class GuidanceTests(bool wrapped) : WrappedOrPlainTests(wrapped)
{
    private static readonly DiffusionPath Path = new(new LinearSchedule());
    private static readonly PredictorOptions Unclipped = new() { Clip = null };

    private static readonly ISampler[] Samplers =
    [
        new AncestralSampler(AncestralVariance.FixedSmall, TimestepSpacing.Trailing(20)), new DdimSampler(20), new DpmSolver(10), new HeunSampler(6),
        new PndmSampler(10), new UniPcSolver(8),
    ];

    // ε of one class and of none, and a second half that tells them apart.
    private static LabelledDenoiser Denoiser(bool learnsVariance = false) => new(3, true, (x, t, label) =>
    {
        var ε = (0.3 + 0.1 * label) * x + 0.01 * label.square() * t.sqrt();
        return learnsVariance ? cat([ε, label.expand_as(x)], 1) : ε;
    });

    private Ddpm.Denoising.Prediction Predict(IDenoiser denoiser, Guidance? guidance, int t = 400, params long[] labels)
    {
        using var scope = NewDisposeScope();
        var predictor = new Predictor(Wrap(denoiser), Path, Unclipped, new() { Labels = tensor(labels) }, guidance);
        var (x0, ε, variance) = predictor.Predict(CosineNoise.Draw(0, labels.Length, 2, 4, 4), Path.At(t));
        return new(x0.MoveToOuterDisposeScope(), ε.MoveToOuterDisposeScope(), variance?.MoveToOuterDisposeScope());
    }

    [Test]
    public void Scale1_IsTheConditionalOutputToTheBitAtTheCostOfOne()
    {
        using var scope = NewDisposeScope();
        var denoiser = Denoiser();
        var (guided, plain) = (Predict(denoiser, new(1), labels: [0, 2]), Predict(denoiser, null, labels: [0, 2]));
        Expect.Same(guided.Epsilon, plain.Epsilon);
        Expect.Same(guided.X0, plain.X0);
        Assert.That(denoiser.Asked, Is.EqualTo(new long[][] { [0, 2], [0, 2] }));
    }

    [Test]
    public void Scale0_IsTheUnconditionalOutputToTheBit()
    {
        using var scope = NewDisposeScope();
        var denoiser = Denoiser();
        Expect.Same(Predict(denoiser, new(0), labels: [0, 2]).Epsilon, Predict(denoiser, null, labels: [3, 3]).Epsilon);
        Assert.That(denoiser.Asked[0], Is.EqualTo(new long[] { 3, 3 }));
    }

    [Test]
    public void AnyScale_GoesThatFarFromTheUnconditionalOutputInOneCall([Values(0.5, 2, 7.5)] double scale)
    {
        using var scope = NewDisposeScope();
        var denoiser = Denoiser();
        var ε = Predict(denoiser, new(scale), labels: [0, 2]).Epsilon;
        Assert.That(denoiser.Asked, Is.EqualTo(new long[][] { [0, 2, 3, 3] }));
        var (label, none) = (Predict(denoiser, null, labels: [0, 2]).Epsilon, Predict(denoiser, null, labels: [3, 3]).Epsilon);
        Expect.Close(ε, none + scale * (label - none), 1e-6);       // the same formula; float32 of numbers below 10
    }

    [Test]
    public void LearnedVariance_IsThatOfTheLabels()
    {
        using var scope = NewDisposeScope();
        Expect.Same(Predict(Denoiser(learnsVariance: true), new(4), labels: [0, 2]).Variance![1], full(2, 4, 4, 2.0f));
    }

    // ρ of steps 200, 400, 600: guided where 200 < t <= 600.
    [TestCase(200, 1)]
    [TestCase(201, 3)]
    [TestCase(600, 3)]
    [TestCase(601, 1)]
    public void Interval_IsOpenBelowAndClosedAbove(int t, double scale)
    {
        using var scope = NewDisposeScope();
        var guidance = new Guidance(3) { LowestRho = Path.At(200).Rho, HighestRho = Path.At(600).Rho };
        Expect.Same(Predict(Denoiser(), guidance, t, 1).Epsilon, Predict(Denoiser(), new(scale), t, 1).Epsilon);
    }

    [TestCaseSource(nameof(Samplers))]
    public void EverySampler_OfGuidedGaussians_MovesTheMeanByTheScale(ISampler sampler)
    {
        // Classes of one deviation have ε linear in their mean: guidance by s samples the Gaussian with the mean 0 + s (mean - 0).
        using var scope = NewDisposeScope();
        var denoiser = LabelledDenoiser.OfGaussians(Path, 3, 0.1);
        Tensor Draw(double scale, int label)
        {
            var labels = torch.full(2, label, dtype: ScalarType.Int64);
            var frames = sampler.Run(new Predictor(Wrap(denoiser), Path, Unclipped, new() { Labels = labels }, new Guidance(scale)),
                SamplingStart.FromNoise(CosineNoise.Draw(0, 2, 3, 4, 4)), CosineNoise.From(1)).ToArray();
            return frames[^1].X;
        }
        // Means 0.2 and 0.6: three times the first is the second, to float32 through up to 20 steps.
        Expect.Close(Draw(3, 0), Draw(1, 2), 2e-5);
        Assert.That(Expect.Difference(Draw(1, 0), Draw(1, 2)), Is.GreaterThan(0.3));
    }

    [Test]
    public void WrongGuidance_NamesTheRule()
    {
        using var labels = zeros(1, ScalarType.Int64);
        var without = new LabelledDenoiser(3, false, (x, _, _) => x);
        Assert.That(() => new Guidance(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Guidance(double.NaN), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Guidance(double.PositiveInfinity), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Guidance(2) { LowestRho = -1 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Guidance(2) { HighestRho = double.NaN }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Predictor(Wrap(without), Path, null, new() { Labels = labels }, new(2)),
            Throws.ArgumentException.With.Message.Contains("no null class"));
        Assert.That(() => new Predictor(Wrap(Denoiser()), Path, null, null, new(2)), Throws.ArgumentException.With.Message.Contains("no labels"));
        Assert.That(() => new Predictor(Wrap(without), Path, null, new() { Labels = labels }, new(1)), Throws.Nothing);
    }
}
