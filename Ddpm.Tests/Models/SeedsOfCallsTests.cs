using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

/// <summary>Calls without a seed differ, and can be repeated.</summary>
public class SeedsOfCallsTests
{
    private static readonly ImageShape Shape = new(1, 2, 2);

    private static Diffusion Model(IDenoiser? denoiser = null) => new DiffusionBuilder()
        .WithLinearSchedule(20, 0.01, 0.4).WithDenoiser(denoiser ?? new FormulaDenoiser((x, _) => x.sin()), Shape).Build();

    private static Diffusion WithClasses() => Model(new LabelledDenoiser(3, true, (x, _, label) => (0.1 + 0.2 * label) * x.sin()));

    private static Tensor Images => CosineNoise.Draw(2, 2, 1, 2, 2).clamp(-1, 1);

    private static Tensor Last(IEnumerable<SamplingFrame> frames) => frames.Last().X;

    private static readonly TestCaseData[] Calls =
    [
        Of("Sample", (model, options) => model.Sample(2, options)),
        Of("SampleAsync", (model, options) => model.SampleAsync(2, options).Result),
        Of("Stream", (model, options) => Last(model.Stream(2, options))),
        Of("Denoise", (model, options) => Last(model.Denoise(Images, 15, options))),
        Of("ImageToImage", (model, options) => model.ImageToImage(Images, 0.8, options)),
        Of("Inpaint", (model, options) => model.Inpaint(Images, Images > 0, null, options)),
        Of("Interpolate", (model, options) => model.Interpolate(Images[..1], Images[1..], 10, 3, options: options)),
    ];

    private static TestCaseData Of(string name, Func<Diffusion, SamplingOptions?, Tensor> call) => new TestCaseData(call).SetArgDisplayNames(name);

    // Two seeds of 32 bits are alike once in 4 billion runs.
    [TestCaseSource(nameof(Calls))]
    public void ACallWithoutASeed_DiffersFromTheOneBefore_AndLastSeedRepeatsIt(Func<Diffusion, SamplingOptions?, Tensor> call)
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        var first = call(model, null);
        var seed = model.LastSeed;
        var second = call(model, new());
        Assert.That(Expect.AreSame(second, first), Is.False);
        Assert.That(model.LastSeed, Is.Not.EqualTo(seed));
        Expect.Same(call(model, new() { Seed = model.LastSeed }), second);
        Expect.Same(call(model, new() { Seed = seed }), first);
        Assert.That(model.LastSeed, Is.EqualTo(seed));
    }

    [Test]
    public void Sample_WithASeed_IsThatOfTheOptions_AndBothAreRefused()
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        var images = model.Sample(16, seed: 7);
        Expect.Same(model.Sample(16, new() { Seed = 7 }), images);
        Expect.Same(model.Sample(16, new() { BatchSize = 16 }, seed: 7), images);
        Assert.That(model.LastSeed, Is.EqualTo(7));
        Assert.That(() => model.Sample(16, new() { Seed = 7 }, seed: 8),
            Throws.ArgumentException.With.Message.Contains("once").And.Message.Contains("7").And.Message.Contains("8"));
    }

    [Test]
    public void Sample_OfLabels_IsThatOfTheOptions()
    {
        using var scope = NewDisposeScope();
        using var model = WithClasses();
        var drawn = model.Sample([2, 0, 1]);
        Expect.Same(model.Sample(3, new() { Seed = model.LastSeed, Labels = [2, 0, 1] }), drawn);
        Assert.That(Expect.AreSame(model.Sample([2, 0, 1]), drawn), Is.False);
        var guided = model.Sample([2, 0, 1], guidance: 3, seed: 5);
        Expect.Same(model.Sample(3, new() { Seed = 5, Labels = [2, 0, 1], Guidance = new(3) }), guided);
        Assert.That(Expect.AreSame(model.Sample(3, new() { Seed = 5, Labels = [2, 0, 1] }), guided), Is.False);
        Assert.That(() => model.Sample([]), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => model.Sample([3]), Throws.ArgumentException.With.Message.Contains("0..2"));
        Assert.That(() => model.Sample(null!), Throws.ArgumentNullException);
        using var without = Model();
        Assert.That(() => without.Sample([1], guidance: 2, seed: 0), Throws.ArgumentException.With.Message.Contains("null class"));
    }

    [TestCase(16, null, 1, 8, 8)]
    [TestCase(5, null, 1, 6, 4)]
    [TestCase(5, 5, 3, 30, 6)]
    public void SampleGrid_IsThePictureOfTheSample(int count, int? columns, int scale, int width, int height)
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        var picture = model.SampleGrid(count, columns: columns, scale: scale);
        Assert.That((picture.Width, picture.Height), Is.EqualTo((width, height)));
        var same = PictureGrid.Grid(model.Sample(count, seed: model.LastSeed), width / 2 / scale, scale);
        Assert.That(picture.Pixels.ToArray(), Is.EqualTo(same.Pixels.ToArray()));
        Assert.That(model.SampleGrid(count, columns: columns, scale: scale).Pixels.ToArray(), Is.Not.EqualTo(same.Pixels.ToArray()));
    }
}
