using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Samplers;

public class AncestralSamplerTests
{
    private static readonly GaussianDiffusion Process = new(new LinearSchedule());
    private static readonly PredictorOptions NoClipping = new() { Clip = null };
    private static readonly GivenNoise Zeros = new((_, shape) => zeros(shape));

    private static Tensor Run(
        AncestralSampler sampler, IDenoiser denoiser, Tensor start, INoiseSource noise, PredictorOptions? options = null, int? t = null)
    {
        var predictor = new Predictor(denoiser, Process.Path, options);
        Tensor? result = null;
        foreach (var frame in sampler.Run(predictor, t is { } step ? SamplingStart.From(start, step) : SamplingStart.FromNoise(start), noise))
        {
            if (frame.IsLast)
                result = frame.X.alias();
            frame.Dispose();
        }
        return result!;
    }

    [Test]
    public void Run_OfDiffusersPublishedCase_GivesThePublishedSum()
    {
        // Network x t/(t+1), all 1,000 steps, fixed small variance, clipping, generator seed 0: sum |x| = 258.9606, published to 1e-2.
        using var scope = NewDisposeScope();
        using var generator = new Generator(0);
        var start = (arange(768, dtype: ScalarType.Float32) / 768).view(3, 8, 8, 4).permute(3, 0, 1, 2);
        var denoiser = new FormulaDenoiser((x, t) => x * (t / (t + 1)));
        var result = Run(new AncestralSampler(AncestralVariance.FixedSmall), denoiser, start, new GeneratorNoise(generator));
        Assert.That(result.abs().sum().item<float>(), Is.EqualTo(258.9606).Within(1e-2));
    }

    [TestCase(AncestralVariance.FixedLarge)]
    [TestCase(AncestralVariance.FixedSmall)]
    public void Run_TowardsASinglePoint_ArrivesThere(AncestralVariance variance)
    {
        using var scope = NewDisposeScope();
        var image = linspace(-0.9, 0.9, 2 * 3 * 4 * 4).view(2, 3, 4, 4);
        var denoiser = new FormulaDenoiser((x, t) =>
        {
            var point = Process.Path.At((int)t.flatten()[0].item<float>());
            return (x - point.Alpha * image) / point.Sigma;
        });
        // The last step's ε is (x - α x_0)/σ with σ = 0.01, which magnifies rounding (6e-8) a hundredfold, then takes it back.
        Expect.Close(Run(new AncestralSampler(variance), denoiser, SeededStart(2), new SeededNoise(1)), image, 1e-5);
    }

    [TestCase(AncestralVariance.FixedLarge, 1000)]
    [TestCase(AncestralVariance.FixedSmall, 1000)]
    [TestCase(AncestralVariance.FixedLarge, 200)]
    [TestCase(AncestralVariance.FixedSmall, 200)]
    public void Run_OnAGaussianWithItsExactScore_HasItsMoments(AncestralVariance variance, int steps)
    {
        using var scope = NewDisposeScope();
        const double deviation = 0.5;
        var spacing = steps == Process.Steps ? TimestepSpacing.All : TimestepSpacing.Trailing(steps);
        var start = new SeededNoise(0).Draw([512, 3, 8, 8]);
        var result = Run(
            new AncestralSampler(variance, spacing), FormulaDenoiser.OfGaussian(Process.Path, deviation), start, new SeededNoise(1), NoClipping);
        // 98,304 values: the mean's standard error is 0.5/√98304 = 0.0016, the deviation's 0.0011; four of them. Fewer steps: the variance is
        // biased by a few percent (too small or too large by the two choices), hence 0.03.
        Assert.That(result.mean().item<float>(), Is.EqualTo(0).Within(0.0064));
        Assert.That(result.std().item<float>(), Is.EqualTo(deviation).Within(steps == 1000 ? 0.01 : 0.03));
    }

    [TestCase(AncestralVariance.FixedLarge)]
    [TestCase(AncestralVariance.FixedSmall)]
    public void Run_OverAllSteps_IsAlgorithm2(AncestralVariance variance)
    {
        using var scope = NewDisposeScope();
        var denoiser = new FormulaDenoiser((x, t) => x * 0.9);
        var x = SeededStart(2);
        var expected = x.clone();
        for (var t = 999; t >= 0; t--)
        {
            var β = Process.Path.Beta(t);
            expected = (expected - β / Process.Path.At(t).Sigma * 0.9 * expected) / Math.Sqrt(1 - β);        // equation (11)
            var σ = Math.Sqrt(variance == AncestralVariance.FixedLarge ? Process.Path.Beta(t) : Process.Posterior(t).Variance);
            if (t > 0)
                expected += σ * CosineNoise.Draw(999 - t, x.shape);
        }
        // 1,000 float32 steps
        Expect.RelativelyClose(Run(new AncestralSampler(variance), denoiser, x, CosineNoise.From(0), NoClipping), expected, 1e-4);
    }

    [Test]
    public void Run_FromAStep_GoesOnFromThere()
    {
        using var scope = NewDisposeScope();
        var denoiser = new FormulaDenoiser((x, t) => x * 0.5);
        var told = new List<float>();
        var spy = new FormulaDenoiser((x, t) => { told.Add(t.flatten()[0].item<float>()); return x * 0.5; });
        _ = Run(new AncestralSampler(spacing: TimestepSpacing.Leading(10)), spy, SeededStart(1), Zeros, t: 350);
        Assert.That(told, Is.EqualTo(new float[] { 350, 300, 200, 100, 0 }));
    }

    [Test]
    public void Run_TagsItsFrames()
    {
        using var scope = NewDisposeScope();
        var predictor = new Predictor(new FormulaDenoiser((x, t) => x), Process.Path);
        var frames = new AncestralSampler(spacing: TimestepSpacing.List(999, 500, 0))
            .Run(predictor, SamplingStart.FromNoise(SeededStart(1)), Zeros).ToArray();
        Assert.That(frames.Select(frame => (frame.Step, frame.Steps, frame.T, frame.IsLast)),
            Is.EqualTo(new[] { (0, 3, 500.0, false), (1, 3, 0.0, false), (2, 3, -1.0, true) }));
    }

    [Test]
    public void Run_AbandonedHalfway_LeavesNothingAlive() => Expect.NoLeak(() =>
    {
        using var start = SeededStart(1);
        var predictor = new Predictor(new FormulaDenoiser((x, t) => x * 0.1), Process.Path);
        foreach (var frame in new AncestralSampler().Run(predictor, SamplingStart.FromNoise(start), new SeededNoise(0)).Take(5))
            frame.Dispose();
    });

    [Test]
    public void Run_InsideAScopeOfTheCaller_SurvivesTheScopesOfItsFrames()
    {
        using var start = SeededStart(1);
        var predictor = new Predictor(new FormulaDenoiser((x, t) => x * 0.1), Process.Path);
        using var frames = new AncestralSampler(spacing: TimestepSpacing.Leading(4))
            .Run(predictor, SamplingStart.FromNoise(start), new SeededNoise(0)).GetEnumerator();
        var steps = 0;
        for (; ; steps++)
        {
            using var scope = NewDisposeScope();
            if (!frames.MoveNext())
                break;
        }
        Assert.That(steps, Is.EqualTo(4));
    }

    [Test]
    public void Predict_OfAWrongShape_SaysSo()
    {
        using var scope = NewDisposeScope();
        var predictor = new Predictor(new FormulaDenoiser((x, t) => x[.., ..2]), Process.Path);
        var fault = Assert.Throws<InvalidOperationException>(() => predictor.Predict(SeededStart(1), Process.Path.At(5)));
        Assert.That(fault.Message, Does.Contain("[1, 3, 4, 4]").And.Contain("[1, 2, 4, 4]"));
    }

    [Test]
    public void Predict_WithClipping_KeepsX0AndEpsilonInAgreement()
    {
        using var scope = NewDisposeScope();
        var x = SeededStart(2);
        var point = Process.Path.At(300);
        var (x0, ε, variance) = new Predictor(new FormulaDenoiser((x, t) => cat([-x, x * 7], 1)), Process.Path).Predict(x, point);
        Assert.That(x0.abs().max().item<float>(), Is.EqualTo(1));
        Expect.Close(point.Alpha * x0 + point.Sigma * ε, x, 1e-6);
        Expect.Same(variance!, x * 7);
    }

    private static Tensor SeededStart(long count) => new SeededNoise(9).Draw([count, 3, 4, 4]);
}
