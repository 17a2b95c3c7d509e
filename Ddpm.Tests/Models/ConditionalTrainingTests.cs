using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

/// <summary>What a network with classes learns of them.</summary>
public class ConditionalTrainingTests
{
    [Test]
    public void Train_OnTwoOverlappingClasses_SamplesTheClassAskedForAndMoreSoWithGuidance()
    {
        // Plain grey images: of class 0 at -0.25 ± 0.5, of class 1 at 0.25 ± 0.5, so that three quarters of a class lie on its own side of 0.
        using var scope = NewDisposeScope();
        var data = Greys(1024);
        using var model = new DiffusionBuilder()
            .WithCosineSchedule(100)
            .WithUNet(new() { Image = data.Shape, Channels = 16, Multipliers = [1], BlocksPerLevel = 1, AttentionResolutions = [],
                Middle = new() { Attention = false }, Groups = 4, Dropout = 0 })
            .WithClasses(2)
            .WithSampler(new DdimSampler(10))
            .Build();
        model.Train(new() { Steps = 400, BatchSize = 32, LearningRate = 3e-3, WarmupSteps = 20, FinalLearningRate = 1.5e-4, EmaDecay = 0.99,
            HorizontalFlip = false, LabelDropout = 0.2 }, data);

        int[] labels = [.. Enumerable.Range(0, 200).Select(i => i % 2)];
        var shares = new[] { 0, 1, 4 }.Select(scale =>
        {
            var images = model.Sample(200, new() { Seed = 0, Labels = labels, Guidance = new(scale), BatchSize = 200 });
            var brightness = images.mean([1L, 2L, 3L]).data<float>().ToArray();
            return labels.Zip(brightness, (label, value) => label == 1 == value > 0 ? 1 : 0).Average();
        }).ToArray();
        TestContext.Out.WriteLine(string.Join(", ", shares));
        Assert.That(shares[0], Is.EqualTo(0.5).Within(0.18));         // standard error 0.035; five of them
        Assert.That(shares[1], Is.InRange(0.6, 0.9));                 // 0.75 of the data, standard error 0.03, and a small network
        Assert.That(shares[2], Is.GreaterThan(0.95));
    }

    private static ImageDataset Greys(int count)
    {
        int[] labels = [.. Enumerable.Range(0, count).Select(i => i % 2)];
        var pixels = labels.SelectMany((label, i) =>
            Enumerable.Repeat((byte)Math.Round(127.5 * (1 + (label == 1 ? 0.25 : -0.25) + Seeds.Uniform(1, (ulong)i) - 0.5)), 16));
        return new(new ImageShape(1, 4, 4), [.. pixels], labels);
    }
}
