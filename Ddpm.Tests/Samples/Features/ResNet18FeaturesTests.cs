using System.Runtime.InteropServices;
using Ddpm.Samples;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Samples.Features;

/// <summary>The ResNet-18 of the package Microsoft.ML.DnnImageFeaturizer.ResNet18.</summary>
[NonParallelizable]
public class ResNet18FeaturesTests
{
    private const int Side = 224;

    private static string Models => Path.Combine(AppContext.BaseDirectory, "DnnImageModels");

    [Test]
    public void Extract_IsTheNetworkOfBlueGreenRedLessTheMeanImage()
    {
        using var scope = NewDisposeScope();
        using var extractor = new ResNet18Features();
        var images = Images(3);
        var features = extractor.Extract(images);
        var prepared = ImageResize.PillowBicubic.Apply(images, Side, Side).flip(1) - MeanImage();
        using var network = OnnxModel.Load(Path.Combine(Models, "ResNet18.onnx"));
        for (var i = 0; i < 3; i++)
        {
            var values = prepared.narrow(0, i, 1).contiguous().data<float>().ToArray();
            var expected = network.Run<float>(values, [1, 3, Side, Side]);
            Assert.That(features[i].data<float>().ToArray(), Is.EqualTo(expected), $"{i}");
        }
        Assert.That(features.shape, Is.EqualTo(new long[] { 3, 512 }));
        Assert.That(extractor.Space.Name, Is.EqualTo("ResNet-18 (Microsoft.ML.DnnImageFeaturizer 0.23.1)"));
        Assert.That(extractor.Space.Resize, Is.EqualTo("bicubic, Pillow on float32, to 224 x 224"));
    }

    [Test]
    public void MeanImage_IsOfBlueGreenRed()
    {
        // ImageNet's mean of red, green and blue is about 124, 117 and 104.
        using var scope = NewDisposeScope();
        Assert.That(MeanImage().mean([0, 2, 3]).data<float>().ToArray(), Is.EqualTo(new[] { 103f, 116, 123 }).Within(1.0));
    }

    [Test]
    public void Extract_InAnyBatchOrderAndThreads_GivesTheSameBits()
    {
        using var scope = NewDisposeScope();
        using var extractor = new ResNet18Features();
        using var slow = new ResNet18Features(threads: 1);
        var images = Images(33);
        var together = Bits(extractor.Extract(images));
        Assert.That(Bits(extractor.Extract(images.flip(0)).flip(0)), Is.EqualTo(together), "reversed");
        Assert.That(Bits(slow.Extract(images)), Is.EqualTo(together), "on one thread");
        foreach (var batch in (int[])[1, 7, 32])
            Assert.That(Bits(extractor.Extract(images.narrow(0, 33 - batch, batch))), Is.EqualTo(together[^(batch * 512)..]), $"{batch}");
    }

    [Test]
    public void Load_OfOtherFiles_IsRefused()
    {
        using var folder = new TemporaryFolder();
        Assert.That(() => new ResNet18Features(folder.Path), Throws.TypeOf<FileNotFoundException>());
        File.Copy(Path.Combine(Models, "ResNetPreprocess.onnx"), folder.File("ResNetPreprocess.onnx"));
        File.Copy(Path.Combine(Models, "ResNetPreprocess.onnx"), folder.File("ResNet18.onnx"));
        Assert.That(
            () => new ResNet18Features(folder.Path), Throws.TypeOf<DataFormatException>().With.Message.Contains("SHA-256 e2552f19"));
    }

    [Test, Category("Slow")]
    public void Features_OfRealImages_TellTheClassesApart()
    {
        // The nearest of ten class means, of 1,000 images, is right for most of 300 others; with red and blue changed for fewer.
        using var scope = NewDisposeScope();
        using var extractor = new ResNet18Features();
        var train = new Cifar10MatReader(Shared.Path(Shared.Cifar10), DatasetSplit.Train).Read().Take(1000);
        var test = new Cifar10MatReader(Shared.Path(Shared.Cifar10), DatasetSplit.Test).Read().Take(300);
        using var known = empty([1000, 512]);
        var seconds = ProcessorTime.Of(() => known.copy_(ImageFeatures.Extract(train, extractor)));
        TestContext.Out.WriteLine($"{seconds} ms of processor time an image");
        var labels = torch.tensor(train.Labels!.Select(label => (long)label).ToArray());
        var means = stack(Enumerable.Range(0, 10).Select(label => known[labels == label].mean([0])));
        var right = Right(ImageFeatures.Extract(test, extractor));
        var swapped = Right(ImageFeatures.Extract(test, new Swapped(extractor)));
        TestContext.Out.WriteLine($"ResNet-18 {right:P1}, with red and blue changed {swapped:P1}");
        Assert.That(right, Is.GreaterThan(0.6), "chance is 0.1");
        Assert.That(swapped, Is.LessThan(right));

        double Right(Tensor features)
        {
            var nearest = cdist(features, means).argmin(1).data<long>().ToArray();
            return nearest.Zip(test.Labels!, (a, b) => a == b).Count(same => same) / (double)test.Count;
        }
    }

    // 300 of each against the same 2,000 training images: real ones of a test set, those of a small model in 20 steps, and noise.
    [Test, Category("Slow")]
    public void Distances_AreOrderedAsAnEyeOrders()
    {
        const int Count = 300;
        using var extractor = new ResNet18Features();
        using var model = Diffusion.FromPretrained(Shared.Path("baseline/trained"));
        var reference = ImageFeatures.Statistics(
            new Cifar10MatReader(Shared.Path(Shared.Cifar10), DatasetSplit.Train).Read().Take(2000), extractor);
        var real = new Cifar10MatReader(Shared.Path(Shared.Cifar10), DatasetSplit.Test).Read().Take(Count);
        using var drawn = Pixels.ToBytes(model.Sample(Count, new SamplingOptions { Seed = 0, Sampler = new DdimSampler(20) }));
        using var generator = new Generator(1);
        using var noise = randint(0, 256, [Count, 3, 32, 32], ScalarType.Byte, generator: generator);
        double Distance(FeatureStatistics of) => FrechetDistance.Between(of, reference).Value;
        double OfImages(Tensor images)
        {
            using var scope = NewDisposeScope();
            using var sums = new FeatureAccumulator(extractor.Space.Width);
            sums.Add(extractor.Extract(images));
            return Distance(sums.ToStatistics());
        }

        var (ofReal, ofDrawn, ofNoise) = (Distance(ImageFeatures.Statistics(real, extractor)), OfImages(drawn), OfImages(noise));

        TestContext.Out.WriteLine($"real {ofReal:F0}, drawn {ofDrawn:F0}, noise {ofNoise:F0}");
        Assert.That(ofReal, Is.LessThan(ofDrawn / 2));
        Assert.That(ofDrawn, Is.LessThan(ofNoise / 2));
    }

    private static Tensor Images(int count)
    {
        using var generator = new Generator(7);
        using var coarse = rand([count, 3, 4, 4], generator: generator) * 255;
        using var fine = ImageResize.PillowBicubic.Apply(coarse, 32, 32);
        return fine.round().clamp(0, 255).to(ScalarType.Byte);
    }

    // Out of the file, without ONNX Runtime: the field 4 of the only tensor, 602,112 bytes long.
    private static Tensor MeanImage()
    {
        var file = File.ReadAllBytes(Path.Combine(Models, "ResNetPreprocess.onnx")).AsSpan();
        ReadOnlySpan<byte> start = [0x22, 0x80, 0xE0, 0x24];
        var values = MemoryMarshal.Cast<byte, float>(file.Slice(file.IndexOf(start) + start.Length, 3 * Side * Side * sizeof(float))).ToArray();
        return torch.tensor(values, [1, 3, Side, Side]);
    }

    private static int[] Bits(Tensor features) => MemoryMarshal.Cast<float, int>(features.contiguous().data<float>().ToArray()).ToArray();

    private sealed class Swapped(IFeatureExtractor inner) : IFeatureExtractor
    {
        public FeatureSpace Space => inner.Space;

        public Tensor Extract(Tensor images)
        {
            using var swapped = images.flip(1);
            return inner.Extract(swapped);
        }
    }
}
