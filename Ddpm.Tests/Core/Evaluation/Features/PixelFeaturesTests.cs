using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Evaluation.Features;

public class PixelFeaturesTests
{
    private static readonly ImageShape Shape = new(3, 5, 7);

    [Test]
    public void Extract_OfPixels_IsTheirValuesInOrder()
    {
        using var scope = NewDisposeScope();
        var images = Images(2);
        var features = new PixelFeatures(Shape).Extract(images);
        var bytes = images.data<byte>().ToArray();
        Assert.That(features.shape, Is.EqualTo(new long[] { 2, 105 }));
        Assert.That(features.data<float>().ToArray(), Is.EqualTo(bytes.Select(value => value / 127.5f - 1)));
    }

    [Test]
    public void Extract_OfARandomProjection_IsThePixelsTimesTheSeedsMatrix()
    {
        using var scope = NewDisposeScope();
        var images = Images(4);
        var features = new RandomProjectionFeatures(Shape, 37, seed: 5).Extract(images);
        using var matrix = empty([1, 1, 105, 37]);
        new SeededNoise(5).Fill(matrix, 0, 0);
        var expected = Pixels.ToUnit(images).reshape(4, 105).to(ScalarType.Float64).mm(matrix[0, 0].to(ScalarType.Float64)) / Math.Sqrt(37);
        Assert.That((features.to(ScalarType.Float64) - expected).abs().max().item<double>(), Is.LessThan(1e-5));
    }

    [Test]
    public void Extract_OfARandomProjection_KeepsDistancesOnAverage()
    {
        using var scope = NewDisposeScope();
        var images = Images(40);
        var pixels = new PixelFeatures(Shape).Extract(images);
        var projected = new RandomProjectionFeatures(Shape, 4000, seed: 1).Extract(images);
        var ratio = cdist(projected, projected).sum() / cdist(pixels, pixels).sum();
        Assert.That(ratio.item<float>(), Is.EqualTo(1).Within(0.02));
    }

    [Test]
    public void Extract_InAnyBatchOrderAndThreads_GivesTheSameBits()
    {
        using var scope = NewDisposeScope();
        var images = Images(33);
        var extractor = new RandomProjectionFeatures(Shape, 19);
        var together = Bits(extractor.Extract(images));
        var reversed = extractor.Extract(images.flip(0));
        Assert.That(Bits(reversed.flip(0)), Is.EqualTo(together));
        for (var i = 0; i < 33; i++)
            Assert.That(Bits(extractor.Extract(images.narrow(0, i, 1))), Is.EqualTo(together.AsSpan(i * 19, 19).ToArray()), $"{i}");
    }

    [Test]
    public void Space_OfOtherSeedsAndShapes_Differs()
    {
        var space = new RandomProjectionFeatures(Shape, 19).Space;
        Assert.That(new RandomProjectionFeatures(Shape, 19).Space, Is.EqualTo(space));
        Assert.That(new RandomProjectionFeatures(Shape, 19, seed: 1).Space, Is.Not.EqualTo(space));
        Assert.That(new RandomProjectionFeatures(new(3, 7, 5), 19).Space, Is.Not.EqualTo(space));
        Assert.That(new PixelFeatures(new(3, 7, 5)).Space, Is.Not.EqualTo(new PixelFeatures(Shape).Space));
    }

    [Test]
    public void Extract_OfFloatsOrAnotherShape_SaysWhatToDo()
    {
        using var floats = zeros([1, 3, 5, 7]);
        using var other = zeros([1, 3, 7, 5], ScalarType.Byte);
        foreach (var extractor in (IFeatureExtractor[])[new PixelFeatures(Shape), new RandomProjectionFeatures(Shape, 8)])
        {
            Assert.That(() => extractor.Extract(floats), Throws.ArgumentException.With.Message.Contains("Pixels.ToBytes"));
            Assert.That(
                () => extractor.Extract(other), Throws.ArgumentException.With.Message.Contains("3 x 5 x 7").And.Message.Contains("[1, 3, 7, 5]"));
        }
    }

    [Test]
    public void Matrix_TooLarge_IsRefusedBeforeItIsMade() => Assert.That(
        () => new RandomProjectionFeatures(new(3, 4096, 4096), 2048), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("2^29"));

    private static int[] Bits(Tensor features) => MemoryMarshal.Cast<float, int>(features.contiguous().data<float>().ToArray()).ToArray();

    private static Tensor Images(int count)
    {
        using var generator = new Generator(3);
        return randint(0, 256, Shape.Batch(count), dtype: ScalarType.Byte, generator: generator);
    }
}
