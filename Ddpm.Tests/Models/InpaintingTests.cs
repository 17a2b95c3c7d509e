using Ddpm.Tests.Core.Samplers;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

public class InpaintingTests
{
    private static readonly ISampler Few = new AncestralSampler(AncestralVariance.FixedSmall, TimestepSpacing.Trailing(40));

    // Pairs of pixels of deviation 0.5 and a correlation, whose ε is known exactly: σ (α² Σ + σ² I)⁻¹ x.
    private static Diffusion Pairs(double correlation, ISampler? sampler = null)
    {
        var schedule = new LinearSchedule();
        var path = new DiffusionPath(schedule);
        var denoiser = new FormulaDenoiser((x, t) =>
        {
            var at = path.At((double)t.flatten()[0].item<float>());
            var (own, other) = (at.AlphaBar * 0.25 + at.Sigma * at.Sigma, at.AlphaBar * 0.25 * correlation);
            return at.Sigma / (own * own - other * other) * (own * x - other * x.flip(3));
        });
        return new DiffusionBuilder().WithSchedule(schedule).WithDenoiser(denoiser, new ImageShape(1, 1, 2)).WithSampler(sampler ?? Few)
            .WithClipping(null).Build();
    }

    private static readonly ISampler[] Samplers =
    [
        Few, new AncestralSampler(spacing: TimestepSpacing.Trailing(9)) { End = SamplingEnd.FirstStep }, new DdimSampler(10), new DpmSolver(10),
        new HeunSampler(6) { Spacing = TimestepSpacing.Trailing(6) },
        new PndmSampler(8), new UniPcSolver(8),
    ];

    private static Tensor Left() => tensor(new[] { true, false }).view(1, 1, 1, 2);

    [TestCaseSource(nameof(Samplers))]
    public void Inpaint_WithEverySampler_KeepsTheKnownPixelsToTheBitAndDrawsTheOthers(ISampler sampler)
    {
        using var scope = NewDisposeScope();
        using var network = UNetTests.Randomised(UNetOptions.Tiny with { Channels = 16 });
        using var model = new DiffusionBuilder().WithDenoiser(network, new ImageShape(3, 16, 16)).WithSampler(sampler).Build();
        var images = CosineNoise.Draw(0, 3, 3, 16, 16);
        var known = CosineNoise.Draw(1, 3, 1, 16, 16) > 0;
        var holed = where(known, images, float.NaN);             // unknown pixels do not matter
        foreach (var resamplings in new[] { 1, 2 })
        {
            var drawn = model.Inpaint(holed, known, new() { JumpLength = 3, Resamplings = resamplings });
            Assert.That(drawn.isfinite().all().item<bool>(), Is.True);
            Expect.Same(where(known, drawn, 0), where(known, images, 0));
            Assert.That(where(known, 0, drawn).std().item<float>(), Is.GreaterThan(0.1));
        }
    }

    private static IEnumerable<string> Names => EverySampler.Names;

    // A network that knows the image, told ρ: fractional steps, levels, and steps found in single precision are as good as whole ones.
    [TestCaseSource(nameof(Names))]
    public void Inpaint_WithEverySamplerAndResampling_Arrives(string name)
    {
        using var scope = NewDisposeScope();
        var image = linspace(-0.9, 0.9, 48).view(1, 3, 4, 4);
        var known = CosineNoise.Draw(1, 1, 1, 4, 4) > 0;
        foreach (var compatible in new[] { false, true })
        {
            var asked = 0;
            var exact = EverySampler.OfX0(PredictionType.Epsilon, (_, _) => { asked++; return image; });
            var sampler = EverySampler.Make(name, 6) with { MatchesDiffusers = compatible, End = SamplingEnd.Data };
            using var model = new DiffusionBuilder().WithDenoiser(exact, new ImageShape(3, 4, 4)).WithSampler(sampler)
                .WithPrediction(EverySampler.Options()).Build();
            var drawn = model.Inpaint(image, known, new() { JumpLength = 2, Resamplings = 1 }, new() { Seed = 0 });
            var once = asked;
            var resampled = model.Inpaint(image, known, new() { JumpLength = 2, Resamplings = 3 }, new() { Seed = 0 });
            Assert.That(asked - once, Is.GreaterThan(2 * once), "each stretch is taken three times");
            foreach (var result in (Tensor[])[drawn, resampled])
            {
                Expect.Same(where(known, result, 0), where(known, image, 0));
                Assert.That(result.isfinite().all().item<bool>(), Is.True);
                // diffusers' own arithmetic does not arrive: noise in the last step, an ε from before the churn, strides off the grid.
                // Ours: ε in float32 (6e-8) times ρ = 157 of the first step, of which the later ones take back a part.
                if (!compatible)
                    Expect.Close(result, image, 2e-4);
            }
        }
    }

    private static IEnumerable<TestCaseData> Pipelines => PipelinesTests.NamesWithImages;

    [TestCaseSource(nameof(Pipelines))]
    public void Inpaint_WithAPipelineOfDiffusers_KeepsTheKnownPixels(string name)
    {
        using var scope = NewDisposeScope();
        using var model = PipelinesTests.Open(name);
        var images = CosineNoise.Draw(0, [.. model.Image.Batch(2)]).clamp(-1, 1);
        var known = images > 0;
        var drawn = model.Inpaint(images, known, new() { JumpLength = 2, Resamplings = 2 });
        Assert.That(drawn.isfinite().all().item<bool>(), Is.True);
        Expect.Same(where(known, drawn, 0), where(known, images, 0));
    }

    // Counted without a collection, which would find what is left.
    [Test]
    public void Inpaint_CancelledAfterAnyStep_FreesEverythingAtOnce()
    {
        using var model = Pairs(0.5, new DdimSampler(4));
        using var images = zeros(1, 1, 1, 2);
        using var known = Left();
        for (var last = 1; last <= 6; last++)
        {
            using var stop = new CancellationTokenSource();
            var steps = 0;
            var progress = new Direct<SamplingProgress>(_ =>
            {
                if (++steps == last)
                    stop.Cancel();
            });
            var before = Expect.LiveTensors();
            Assert.Throws<OperationCanceledException>(
                () => model.Inpaint(images, known, new() { JumpLength = 2, Resamplings = 2 }, progress: progress, cancellationToken: stop.Token));
            Assert.That(Tensor.TotalCount, Is.LessThanOrEqualTo(before), $"cancelled after step {last}");
        }
    }

    [Test]
    public void Inpaint_WithMoreResamplings_NearsTheConditionalMean()
    {
        // Of pairs with correlation 0.9 the right pixel's mean is 0.9 times the left one. Without resampling the known pixel has too little
        // influence: the same arithmetic in another language gives 0.466, 0.580 and 0.660 (standard error 0.007; here 0.009, 0.007 and 0.006).
        using var scope = NewDisposeScope();
        using var model = Pairs(0.9);
        var images = full(1000, 1, 1, 2, 0.8f);
        foreach (var (resamplings, mean) in new[] { (1, 0.466), (2, 0.580), (5, 0.660) })
        {
            var right = model.Inpaint(
                images, Left(), new() { JumpLength = 1, Resamplings = resamplings }, new() { Seed = 0, BatchSize = 1000 })[.., 0, 0, 1];
            Assert.That(right.mean().item<float>(), Is.EqualTo(mean).Within(0.045), $"{resamplings} resamplings");
        }
    }

    [Test]
    public void Inpaint_OfIndependentPixels_LeavesTheirDistribution()
    {
        using var scope = NewDisposeScope();
        using var model = Pairs(0, new AncestralSampler(AncestralVariance.FixedSmall, TimestepSpacing.Trailing(100)));
        var images = full(1000, 1, 1, 2, 0.8f);
        var right = model.Inpaint(images, Left(), new() { JumpLength = 10, Resamplings = 2 }, new() { Seed = 0, BatchSize = 1000 })[.., 0, 0, 1];
        // N(0, 0.5²) of 1,000 images: standard errors 0.016 and 0.011; five of them. 100 steps narrow it by less than 0.02.
        Assert.That(right.mean().item<float>(), Is.EqualTo(0).Within(0.08));
        Assert.That(right.std().item<float>(), Is.EqualTo(0.5).Within(0.075));
    }

    [Test]
    public void Inpaint_DoesNotDependOnTheBatchSizeNorOnTheRun()
    {
        using var scope = NewDisposeScope();
        using var model = Pairs(0.9);
        var images = CosineNoise.Draw(0, 5, 1, 1, 2);
        var inpainting = new InpaintingOptions { JumpLength = 7, Resamplings = 2 };
        var whole = model.Inpaint(images, Left(), inpainting, new() { Seed = 0 });
        Expect.Same(model.Inpaint(images, Left(), inpainting, new() { Seed = 0 }), whole);
        // A formula computes each image alone: the same bits.
        Expect.Same(model.Inpaint(images, Left().expand(5, 1, 1, 2), inpainting, new() { Seed = 0, BatchSize = 2 }), whole);
        Assert.That(Expect.AreSame(model.Inpaint(images, Left(), inpainting, new() { Seed = 1 }), whole), Is.False);
    }

    [Test]
    public void Inpaint_ReportsEveryStepAndLeavesNothingAlive()
    {
        using var model = Pairs(0.9);
        using var images = CosineNoise.Draw(0, 5, 1, 1, 2);
        using var mask = Left();
        var reports = new List<SamplingProgress>();
        Expect.NoLeak(() =>
        {
            reports.Clear();
            var progress = new Direct<SamplingProgress>(reports.Add);
            model.Inpaint(images, mask, new() { JumpLength = 7, Resamplings = 3 }, new() { BatchSize = 3 }, progress).Dispose();
        });
        Assert.That(reports.Select(report => report.Step), Is.EqualTo(Enumerable.Range(1, 2 * 3 * 40)));
        Assert.That(reports, Has.All.Property(nameof(SamplingProgress.Steps)).EqualTo(2 * 3 * 40));
        Assert.That(reports[^1].Images, Is.EqualTo(5));
    }

    [Test]
    public void Inpaint_Cancelled_StopsAtTheNextStepAndLeavesNothingAlive()
    {
        using var model = Pairs(0.9);
        using var images = CosineNoise.Draw(0, 2, 1, 1, 2);
        using var mask = Left();
        var steps = 0;
        Expect.NoLeak(() =>
        {
            using var stop = new CancellationTokenSource();
            Assert.Throws<OperationCanceledException>(() => model.Inpaint(images, mask, progress: new Direct<SamplingProgress>(report =>
            {
                steps = report.Step;
                if (report.Step == 14)
                    stop.Cancel();
            }), cancellationToken: stop.Token).Dispose());
        });
        Assert.That(steps, Is.EqualTo(14));
    }

    [Test]
    public void WrongCalls_NameTheRule()
    {
        using var scope = NewDisposeScope();
        using var model = Pairs(0.9, new EulerSampler(9));
        var images = zeros(2, 1, 1, 2);
        Assert.That(() => model.Inpaint(zeros(2, 3, 1, 2), Left()),
            Throws.ArgumentException.With.Message.Contains("[N, 1, H, W]").And.Message.Contains("[2, 3, 1, 2]"));
        Assert.That(() => model.Inpaint(images, ones(1, 1, 1, 2)),
            Throws.ArgumentException.With.Message.Contains("bool").And.Message.Contains("Float32"));
        Assert.That(() => model.Inpaint(images, ones(3, 1, 1, 2, ScalarType.Bool)), Throws.ArgumentException.With.Message.Contains("[3, 1, 1, 2]"));
        Assert.That(() => model.Inpaint(images, ones(1, 1, 2, 2, ScalarType.Bool)), Throws.ArgumentException.With.Message.Contains("[1, 1, 2, 2]"));
        Assert.That(() => new InpaintingOptions { JumpLength = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new InpaintingOptions { Resamplings = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
