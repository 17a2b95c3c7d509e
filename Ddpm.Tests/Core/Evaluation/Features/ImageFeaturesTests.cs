using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Evaluation.Features;

public class ImageFeaturesTests
{
    private static readonly ImageShape Shape = new(1, 2, 3);

    [TestCase(1), TestCase(4), TestCase(7), TestCase(100)]
    public void Extract_ByAnyBatchSize_GivesAllInOrder(int batchSize)
    {
        using var scope = NewDisposeScope();
        var told = new List<double>();
        var progress = new Direct<ReadingProgress>(report => told.Add(report.Done / (double)report.Total));
        var features = ImageFeatures.Extract(Data(7), new PixelFeatures(Shape), batchSize, progress);
        Assert.That(features.shape, Is.EqualTo(new long[] { 7, 6 }));
        Assert.That(features.data<float>().ToArray(), Is.EqualTo(Enumerable.Range(0, 42).Select(value => value / 127.5f - 1)));
        Assert.That(told, Has.Count.EqualTo((7 + batchSize - 1) / batchSize));
        Assert.That(told, Is.Ordered);
        Assert.That(told[^1], Is.EqualTo(1));
    }

    [Test]
    public void Extract_Cancelled_Stops()
    {
        using var source = new CancellationTokenSource();
        Assert.That(
            () => ImageFeatures.Extract(Data(7), new PixelFeatures(Shape), 2, new Direct<ReadingProgress>(_ => source.Cancel()), source.Token),
            Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Extract_OfNoImages_IsRefused() => Assert.That(
        () => ImageFeatures.Extract(Data(0), new PixelFeatures(Shape)), Throws.ArgumentException.With.Message.Contains("there are none"));

    [Test]
    public void Extract_ByAnExtractorThatGivesOtherThanItSays_IsRefused() => Assert.That(
        () => ImageFeatures.Extract(Data(2), new Liar()), Throws.ArgumentException.With.Message.Contains("[2, 5]").And.Message.Contains("[2, 6]"));

    private static ImageDataset Data(int count) => new(Shape, [.. Enumerable.Range(0, 6 * count).Select(value => (byte)value)]);

    private sealed class Liar : IFeatureExtractor
    {
        public FeatureSpace Space { get; } = new("liar", 5);

        public Tensor Extract(Tensor images) => new PixelFeatures(Shape).Extract(images);
    }
}
