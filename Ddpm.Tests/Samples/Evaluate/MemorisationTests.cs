using Ddpm.Samples;

namespace Ddpm.Tests.Samples.Evaluate;

public class MemorisationTests
{
    private static readonly ImageDataset Training = new ShapesReader(count: 120, size: 8).Read() as ImageDataset
        ?? throw new InvalidOperationException();

    // Ten of twenty images are training images.
    [Test]
    public void Measure_OfCopies_FindsThem()
    {
        using var folder = new TemporaryFolder();
        var fresh = new ShapesReader(count: 20, size: 8, seed: 9).Read();
        var images = fresh.Take(10).Concat(Training.Subset([.. Enumerable.Range(50, 10)]));
        using var features = Features(images);
        using var trained = Features(Training);
        using var heldOut = Features(new ShapesReader(count: 60, size: 8, seed: 1).Read());
        var found = Memorisation.Measure(images, features, Training, trained, heldOut, default);
        Assert.That(found.Equal, Is.EqualTo(10));
        Assert.That(found.NearShare, Is.EqualTo(0.5).Within(0.1));
        Assert.That(found.Suspects.Select(each => each.Index), Is.EquivalentTo(Enumerable.Range(10, 10)));
        foreach (var copy in found.Suspects)
            Assert.That((copy.ByFeatures[0], copy.ByPixels[0]), Is.EqualTo((new Neighbour(copy.Index + 40, 0), new Neighbour(copy.Index + 40, 0))));
        Assert.That(found.First.Select(each => each.Index), Is.EqualTo(Enumerable.Range(0, 10)));

        FeatureSet Features(IImageDataset of) => new FeaturePipeline(new PixelFeatures(of.Shape), folder.Path).Run(
            stop => ImageBatches.Of(of, of.Count, 32, stop), of.Count, new(), null, default);
    }

    [TestCase(0, 1)]
    [TestCase(0.5, 2.5)]
    [TestCase(1, 7)]
    [TestCase(1 / 3.0, 2)]
    public void Quantile_LiesBetweenTheNearestNumbers(double share, double expected) =>
        Assert.That(Memorisation.Quantile([7, 1, 3, 2], share), Is.EqualTo(expected).Within(1e-12));
}
