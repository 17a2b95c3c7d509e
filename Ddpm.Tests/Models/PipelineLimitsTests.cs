using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

/// <summary>What a pipeline cannot hold is refused or told, never left out in silence.</summary>
public class PipelineLimitsTests
{
    // diffusers takes an output of 2C channels apart only for a DDPM scheduler with a learned variance.
    [Test]
    public void SavePretrained_OfAVarianceThatTheSchedulerWouldNotTakeApart_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var twice = UNetOptions.Tiny with { Channels = 16, OutputChannels = 6 };
        foreach (var (sampler, learned) in new (ISampler, LearnedVariance)[]
        {
            (new AncestralSampler(), LearnedVariance.None), (new AncestralSampler(AncestralVariance.FixedSmall), LearnedVariance.None),
            (new DdimSampler(10), LearnedVariance.None), (new AncestralSampler(), LearnedVariance.Logarithm),
        })
        {
            using var model = new DiffusionBuilder().WithUNet(twice).WithSampler(sampler).WithLearnedVariance(learned).Build();
            Assert.That(() => model.SavePretrained(folder.Path), Throws.InvalidOperationException.With.Message.Contains("variance"));
        }
        Assert.That(Directory.GetFileSystemEntries(folder.Path), Is.Empty);
        using var range = new DiffusionBuilder().WithUNet(twice).WithLearnedVariance().Build();
        range.SavePretrained(folder.Path);
        using var again = Diffusion.FromPretrained(folder.Path);
        Assert.That(again.Prediction.Parameterization.Variance, Is.EqualTo(LearnedVariance.Range));
    }

    [Test]
    public void FromPretrained_OfAPipelineThatLeavesHalfOfTheOutput_SaysSo()
    {
        var told = new List<string>();
        var warnings = new Direct<string>(told.Add);
        using var model = Diffusion.FromPretrained(
            Recordings.At("pipelines/four-channels-no-attention-no-mid"), new() { Warnings = warnings });
        Assert.That(told, Has.Some.Contains("8 output channels for images of 4").And.Some.Contains("scheduler_config.json"));
    }

    // diffusers adds such embeddings to the time's; no sampler of ours has any, but whoever loads the network can ask it.
    [Test]
    public void IdentityLabels_AreForTheNetworkAlone()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var options = UNetOptions.Tiny with { Channels = 16, Labels = new() { Kind = LabelKind.Identity, Count = 1 } };
        using var network = UNetTests.Randomised(options);
        network.eval();
        using (var model = new DiffusionBuilder().WithDenoiser(network, options.Image).Build())
            model.SavePretrained(folder.Path);
        using var loaded = Diffusion.FromPretrained(folder.Path);
        var (x, t) = (CosineNoise.Draw(1, 2, 3, 16, 16), tensor((float[])[3, 500]));
        var embedding = CosineNoise.Draw(2, 2, 64);
        var y = network.Predict(x, t, embedding);
        Expect.Same(loaded.Denoiser.Predict(x, t, embedding), y);
        Assert.That(Expect.Difference(network.Predict(x, t, zeros(2, 64)), y), Is.GreaterThan(0.01));
        Assert.That(() => network.Predict(x, t), Throws.ArgumentException.With.Message.Contains("takes embeddings [N, 64]"));
        Assert.That(() => network.Predict(x, t, zeros(2, ScalarType.Int64)), Throws.ArgumentException.With.Message.Contains("[2, 64]"));
        foreach (var use in (Action[])
        [
            () => loaded.Sample(2, seed: 0), () => loaded.Sample(2, new() { Seed = 0, Labels = [0, 1] }), () => _ = loaded.Denoise(x, 5),
            () => loaded.ImageToImage(x, 0.5), () => loaded.Train(new() { Seed = 0, Steps = 1, BatchSize = 2 }, new ShapesReader(count: 4, size: 16).Read()),
        ])
            Assert.That(() => use(), Throws.ArgumentException.With.Message.Contains("takes an embedding of each image"));
    }
}
