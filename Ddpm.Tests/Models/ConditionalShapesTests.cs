using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

/// <summary>A small network learns the twelve shapes by name, within minutes.</summary>
[Category("Slow")]
public class ConditionalShapesTests
{
    [Test]
    public void Train_OnTheShapes_DrawsTheShapeAskedForAndMoreOftenWithGuidance()
    {
        using var scope = NewDisposeScope();
        var data = new ShapesReader(count: 4096).Read();
        using var classifier = new Nearest();
        Assert.That(classifier.Hits(Pixels.Batch(data, [.. Enumerable.Range(0, 600)]), [.. data.Labels!.Take(600)]), Is.GreaterThan(0.97), "of real images");

        using var model = new DiffusionBuilder().WithCosineSchedule(1000).WithUNet(UNetOptions.Tiny).WithClasses(12)
            .WithAncestralSampler(AncestralVariance.FixedSmall, TimestepSpacing.Trailing(50)).Build();
        model.Train(new() { Steps = 1200, BatchSize = 64, LearningRate = 2e-3, WarmupSteps = 50, FinalLearningRate = 0.05, EmaDecay = 0.995, HorizontalFlip = false, LabelDropout = 0.15 }, data);

        int[] labels = [.. Enumerable.Range(0, 120).Select(i => i % 12)];
        var hits = new[] { 0.0, 1, 2, 3 }.Select(scale => classifier.Hits(model.Sample(120, new() { Labels = labels, Guidance = new(scale) }), labels)).ToArray();
        TestContext.Out.WriteLine(string.Join(", ", hits));
        Assert.That(hits[0], Is.LessThan(0.2));                       // by chance 1/12, standard error 0.018; five of them
        Assert.That(hits[1], Is.GreaterThan(0.4));
        Assert.That(hits[2], Is.GreaterThan(hits[1]));
        Assert.That(hits[3], Is.GreaterThan(hits[1]).And.GreaterThan(0.8));
    }

    /// <summary>The classifier: the label of the nearest of 12,000 images, none of which training sees.</summary>
    private sealed class Nearest : IDisposable
    {
        private const int Count = 12_000;
        private readonly IImageDataset known = new ShapesReader(Count, seed: 7).Read();
        private readonly Tensor images;

        internal Nearest()
        {
            using var batch = Pixels.Batch(known, [.. Enumerable.Range(0, Count)]);
            images = batch.flatten(1).DetachFromDisposeScope();
        }

        internal double Hits(Tensor drawn, IReadOnlyList<int> labels)
        {
            var nearest = cdist(drawn.flatten(1), images).argmin(1).data<long>().ToArray();
            return nearest.Zip(labels, (index, label) => known.Labels![(int)index] == label ? 1 : 0).Average();
        }

        public void Dispose() => images.Dispose();
    }
}
