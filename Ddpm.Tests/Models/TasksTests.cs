using Ddpm.Tests.Core.Samplers;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

public class TasksTests
{
    private static readonly SamplingOptions Seeded = new() { Seed = 0 };

    private static readonly UNetOptions Options = UNetOptions.Tiny with { Channels = 16 };

    private readonly UNet network = UNetTests.Randomised(Options);

    private Diffusion Model(int steps = 20) =>
        new DiffusionBuilder().WithLinearSchedule(steps, 0.2 / steps, 8.0 / steps).WithDenoiser(network, Options.Image).Build();

    // Data N(0, 0.3²).
    private static Diffusion Gaussian() => new DiffusionBuilder()
        .WithDenoiser(FormulaDenoiser.OfGaussian(new(new LinearSchedule()), 0.3), Options.Image)
        .WithAncestralSampler(AncestralVariance.FixedSmall, TimestepSpacing.Trailing(200)).Build();

    private static Tensor Images(int count) => CosineNoise.Draw(0, count, 3, 16, 16).clamp(-1, 1);

    [OneTimeTearDown]
    public void DisposeNetwork() => network.Dispose();

    [Test]
    public void ImageToImage_IsDiffusingAndDenoisingFromOneSourceOfNoise()
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        var xt = model.Process.Diffuse(Images(2), 11, CosineNoise.Draw(5, 2, 3, 16, 16));
        var expected = model.Denoise(xt, 11, new() { Seed = 0, Noise = CosineNoise.From(5) }).Last().X;
        Expect.Same(model.ImageToImage(Images(2), 0.6, new() { Seed = 0, Noise = CosineNoise.From(5) }), expected);        // step 0.6 · 20, from 0
    }

    [Test]
    public void ImageToImage_WithMoreStrength_GoesFurtherFromTheImage()
    {
        using var scope = NewDisposeScope();
        using var model = Gaussian();
        var images = 0.3 * CosineNoise.Draw(0, 2, 3, 16, 16);
        double[] distances = [.. new[] { 0, 0.1, 0.2, 0.4, 1 }.Select(strength =>
            (model.ImageToImage(images, strength, new() { Seed = 1 }) - images).square().mean().sqrt().item<float>())];
        TestContext.Out.WriteLine(string.Join(", ", distances));
        Assert.That(distances[..4], Is.Ordered.Ascending);
        Assert.That(distances[0], Is.Zero);
        Assert.That(distances[^1], Is.EqualTo(0.3 * Math.Sqrt(2)).Within(6).Percent);        // two independent draws: 2 % standard error
    }

    [Test]
    public void Interpolate_BeginsAndEndsWithTheEndsDenoised([Values] InterpolationKind kind)
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        var (first, second) = (Images(2)[..1], Images(2)[1..]);
        var strip = model.Interpolate(first, second, 12, 3, kind, new() { Seed = 0, Noise = CosineNoise.From(5) });
        var ends = model.Process.Diffuse(Images(2), 12, CosineNoise.Draw(5, 2, 3, 16, 16));
        var mixes = cat([ends[..1], Interpolation.Mix(ends[..1], ends[1..], 0.5, kind), ends[1..]]);
        // Sines of multiples of the angle round the ends' weights: 1e-7, which 13 steps of a random network enlarge.
        Expect.Close(strip, model.Denoise(mixes, 12, new() { Seed = 0, Noise = CosineNoise.From(5) }).Last().X, 1e-4);
    }

    [Test]
    public void Interpolate_NoisesTheEndsByDrawsThatNoSampleHas()
    {
        using var scope = NewDisposeScope();
        using var model = Gaussian();
        var images = Images(1);
        var options = new SamplingOptions { Seed = 4, Sampler = new DdimSampler(20) };
        var strip = model.Interpolate(images, images, 900, 2, options: options);
        var ends = model.Process.Diffuse(images.expand(2, -1, -1, -1), 900, new SeededNoise(4).Draw([2, 3, 16, 16], firstImage: 2, draw: 0));
        Expect.Same(strip, model.Denoise(ends, 900, options).Last().X);
    }

    [Test]
    public void Mix_Spherical_KeepsTheSizeAndTheAngle()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (CosineNoise.Draw(0, 2, 3, 8, 8), CosineNoise.Draw(1, 2, 3, 8, 8));
        b = b / b.flatten(1).norm(1).view(-1, 1, 1, 1) * a.flatten(1).norm(1).view(-1, 1, 1, 1);
        var whole = Angle(a, b);
        foreach (var share in new[] { 0, 0.25, 0.5, 1 })
        {
            var mix = Interpolation.Mix(a, b, share, InterpolationKind.Spherical);
            Expect.RelativelyClose(mix.flatten(1).norm(1), a.flatten(1).norm(1), 1e-6);
            Expect.Close(Angle(a, mix), share * whole, 1e-3);        // acos of nearly 1 loses half of float32's digits
        }
        Expect.Close(Interpolation.Mix(a, b, 0.25), 0.75 * a + 0.25 * b, 1e-7);
        Expect.Close(Interpolation.Mix(a, a, 0.25, InterpolationKind.Spherical), a, 1e-6);       // no angle: a line
        Expect.Close(Interpolation.Mix(zeros_like(b), b, 0.25, InterpolationKind.Spherical), 0.25 * b, 1e-7);

        static Tensor Angle(Tensor a, Tensor b) =>
            nn.functional.cosine_similarity(a.flatten(1).to(ScalarType.Float64), b.flatten(1).to(ScalarType.Float64), dim: 1).clamp(-1, 1).acos();
    }

    [Test]
    public void EncodeThenDecode_WithMoreSteps_ReturnsCloserToTheImages()
    {
        using var scope = NewDisposeScope();
        using var model = Model(1000);
        var images = Images(2);
        double[] errors = [.. new[] { 20, 80, 320 }.Select(steps =>
            (model.Decode(model.Encode(images, steps), steps) - images).square().mean().sqrt().item<float>())];
        TestContext.Out.WriteLine(string.Join(", ", errors));
        Assert.That(errors[1], Is.LessThan(errors[0] / 2));       // of first order: a quarter each, once there are enough
        Assert.That(errors[2], Is.LessThan(errors[1] / 3));
    }

    [Test]
    public void Encode_OfGaussianImages_IsTheirUnitNoise()
    {
        // For data N(0, s²) the probability flow scales: x_T = √(α_T² s² + σ_T²)/s · x_0.
        using var scope = NewDisposeScope();
        using var model = Gaussian();
        var images = 0.3 * CosineNoise.Draw(0, 2, 3, 16, 16);
        Expect.RelativelyClose(model.Encode(images, 500), CosineNoise.Draw(0, 2, 3, 16, 16), 0.02);      // 500 steps of first order
    }

    public delegate Tensor Job(Diffusion model, Tensor images, SamplingOptions options, IProgress<SamplingProgress>? progress = null,
        CancellationToken stop = default);

    private static readonly TestCaseData<Job>[] Jobs =
    [
        new((model, images, options, progress, stop) => model.ImageToImage(images, 0.6, options, progress, stop)) { TestName = "{m}(ImageToImage)" },
        new((model, images, options, progress, stop) =>
            model.Inpaint(images, images.gt(0), new() { JumpLength = 5, Resamplings = 2 }, options, progress, stop)) { TestName = "{m}(Inpaint)" },
        new((model, images, options, progress, stop) =>
            model.Interpolate(images[..1], images[1..2], 12, (int)images.shape[0], options: options, progress: progress,
                cancellationToken: stop)) { TestName = "{m}(Interpolate)" },
        new((model, images, options, progress, stop) => model.Encode(images, 10, options, progress, stop)) { TestName = "{m}(Encode)" },
        new((model, images, options, progress, stop) => model.Decode(images, 10, options, progress, stop)) { TestName = "{m}(Decode)" },
    ];

    [TestCaseSource(nameof(Jobs))]
    public void EveryTask_IsDeterministicAndIndependentOfTheBatchSize(Job job)
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        var whole = job(model, Images(5), new() { Seed = 3 });
        Expect.Same(job(model, Images(5), new() { Seed = 3 }), whole);
        Expect.Close(job(model, Images(5), new() { Seed = 3, BatchSize = 2 }), whole, 1e-3);      // convolutions of other batch sizes round otherwise
    }

    [TestCaseSource(nameof(Jobs))]
    public void EveryTask_ReportsAndCanBeCancelledAndLeavesNothingAlive(Job job)
    {
        using var model = Model();
        using var images = Images(3).DetachFromDisposeScope();
        var reports = new List<SamplingProgress>();
        Expect.NoLeak(() =>
        {
            using var scope = NewDisposeScope();
            using var stop = new CancellationTokenSource();
            reports.Clear();
            job(model, images, new() { BatchSize = 2 }, new Direct<SamplingProgress>(reports.Add));
            Assert.Throws<OperationCanceledException>(() => job(model, images, new(), new Direct<SamplingProgress>(_ => stop.Cancel()), stop.Token));
        });
        Assert.That(reports.Select(report => report.Step), Is.EqualTo(Enumerable.Range(1, reports[^1].Steps)));
        Assert.That(reports[^1].Images, Is.EqualTo(3));
    }

    [Test]
    public void StreamAndDenoise_GiveFramesThatNoScopeFrees()
    {
        using var model = Model();
        using var images = Images(2);
        FrameLifetimeTests.OutliveTheirScopes(model.Stream(2));
        FrameLifetimeTests.OutliveTheirScopes(model.Denoise(images, 12));
    }

    // Half precision and double are converted to what a network computes in.
    [TestCase(ScalarType.Float64), TestCase(ScalarType.Float16), TestCase(ScalarType.BFloat16)]
    public void EveryTask_TakesImagesOfAnyPrecision(ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var network = UNetTests.Randomised(UNetOptions.Tiny with { Channels = 16 });
        using var model = new DiffusionBuilder().WithLinearSchedule(20).WithDenoiser(network, UNetOptions.Tiny.Image).Build();
        var images = (CosineNoise.Draw(0, 1, 3, 16, 16) * 0.3).to(type);
        var same = images.to(ScalarType.Float32);
        foreach (var task in (Func<Tensor, Tensor>[])
        [
            x => model.Denoise(x, 3, Seeded).Last().X, x => model.ImageToImage(x, 0.2, Seeded),
            x => model.Interpolate(x, x, 3, 2, options: Seeded), x => model.Encode(x, 2),
            x => model.Decode(x, 2), x => model.Inpaint(x, x > 0, new() { Resamplings = 1 }, Seeded),
        ])
            Expect.Same(task(images), task(same));
    }

    [Test]
    public void WrongCalls_NameTheRule()
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        var images = Images(2);
        Assert.That(() => model.ImageToImage(images, 1.1), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("0..1"));
        Assert.That(() => model.ImageToImage(images, double.NaN), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => model.ImageToImage(images[0], 0.5),
            Throws.ArgumentException.With.Message.Contains("[N, 3, H, W]").And.Message.Contains("[3, 16, 16]"));
        var bytes = images.to(ScalarType.Byte);
        foreach (var wrong in (Action[])
        [
            () => model.ImageToImage(bytes, 0.5), () => model.Inpaint(bytes, bytes.gt(0)), () => model.Interpolate(bytes[..1], bytes[1..], 5),
            () => model.Encode(bytes), () => model.Decode(bytes), () => model.BitsPerDimension(bytes), () => model.Diffuse(bytes, 5),
            () => model.Denoise(bytes, 5), () => model.Interpolate(images[..1], bytes[..1], 5),
        ])
            Assert.That(wrong, Throws.ArgumentException.With.Message.Contains("Byte"));
        Assert.That(() => model.Encode(bytes), Throws.ArgumentException.With.Property("ParamName").EqualTo("images"));
        Assert.That(() => model.Decode(bytes), Throws.ArgumentException.With.Property("ParamName").EqualTo("noise"));
        foreach (var t in new[] { -1, 20 })
        {
            Assert.That(() => model.Denoise(images, t), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("0..19"));
            Assert.That(() => model.Diffuse(images, t), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("0..19"));
        }
        Assert.That(() => model.Denoise(images[0], 5), Throws.ArgumentException.With.Message.Contains("[N, 3, H, W]"));
        Assert.That(() => model.Denoise(images[.., ..1], 5), Throws.ArgumentException.With.Message.Contains("[2, 1, 16, 16]"));
        Assert.That(() => model.Interpolate(images, images, 5), Throws.ArgumentException.With.Message.Contains("[1, C, H, W]"));
        Assert.That(() => model.Interpolate(images[..1], images[1..], 20),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("0..19"));
        Assert.That(() => model.Interpolate(images[..1], images[1..], 5, 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Interpolation.Mix(images, images, -0.1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Interpolation.Mix(images, images, 0.1, (InterpolationKind)7), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Interpolation.Mix(images, images[..1], 0.1), Throws.ArgumentException.With.Message.Contains("[1, 3, 16, 16]"));
        Assert.That(() => model.Encode(images, options: new() { Seed = 0, Sampler = new DdimSampler(10) }),
            Throws.ArgumentException.With.Message.Contains("only inversion"));
        Assert.That(() => model.Decode(images, options: new() { Seed = 0, Sampler = new DdimInversion(10) }),
            Throws.ArgumentException.With.Message.Contains("FromImage"));
    }
}
