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

}
