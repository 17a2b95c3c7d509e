using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

/// <summary>Which draws a run takes: the start's is number 0, the sampler's follow, and every run begins anew.</summary>
public class SamplingNoiseTests
{
    private static Diffusion Model() => new DiffusionBuilder().WithLinearSchedule(20)
        .WithDenoiser(new FormulaDenoiser((x, t) => 0.5 * x), new ImageShape(3, 4, 4)).Build();

    [Test]
    public void RunsWithOneSourceInTheOptions_GiveTheSameImages()
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        foreach (var options in (SamplingOptions[])[new() { Noise = CosineNoise.From(0) }, new() { Noise = new SeededNoise(3) }, new() { Seed = 3 }])
        {
            var first = model.Sample(3, options);
            Expect.Same(model.Sample(3, options), first);
            var frames = model.Stream(3, options);
            for (var enumeration = 0; enumeration < 2; enumeration++)
                Expect.Same(frames.Last().X, first);
        }
    }

    [Test]
    public void ASeed_IsTheSourceOfThatSeed()
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        Expect.Same(model.Sample(3, new() { Seed = 3, BatchSize = 2 }), model.Sample(3, new() { Noise = new SeededNoise(3) }));
    }

    // Else the noise of the start would come a second time, in the sampler's first step.
    [Test]
    public void Denoise_AfterDiffuse_TakesTheDrawsAfterTheStarts()
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        var asked = new List<int>();
        var noise = new GivenNoise((draw, shape) => { asked.Add(draw); return zeros(shape); });
        var images = zeros(2, 3, 4, 4);
        _ = model.Denoise(images, 3, new() { Seed = 0, Noise = noise }).Last();
        Assert.That(asked, Is.EqualTo(new[] { 1, 2, 3 }));
        asked.Clear();
        model.ImageToImage(images, 0.2, new() { Seed = 0, Noise = noise });
        Assert.That(asked, Is.EqualTo(new[] { 0, 1, 2, 3 }));
        var options = new SamplingOptions { Seed = 5, BatchSize = 1 };
        Expect.Same(model.Denoise(model.Diffuse(images, 3, seed: 5), 3, options).Last().X, model.ImageToImage(images, 0.2, options));
    }
}
