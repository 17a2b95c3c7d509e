using Ddpm.Samples;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Samples.Features;

public class OnnxFeaturesTests
{
    private static readonly object[] Open = ["N", 3, "H", "W"], Fixed = [4, 3, 6, 5];

    private TemporaryFolder folder = null!;

    [SetUp] public void SetUp() => folder = new TemporaryFolder();

    [TearDown] public void TearDown() => folder.Dispose();

    [TestCase(true, PixelRange.Bytes)]
    [TestCase(true, PixelRange.Unit)]
    [TestCase(false, PixelRange.Bytes)]
    [TestCase(false, PixelRange.Symmetric)]
    public void Extract_OfAverages_GivesThem(bool isOpen, PixelRange range)
    {
        using var scope = NewDisposeScope();
        var images = Images(70);
        var model = OnnxBytes.Averages(isOpen ? Open : Fixed, range == PixelRange.Bytes ? OnnxBytes.UInt8 : OnnxBytes.Float);
        var input = new FeatureInput { Range = range, Side = isOpen ? 6 : null, Resize = ImageResize.TensorFlowBilinear };
        using var extractor = new OnnxFeatures(folder.File("means.onnx", model), new() { Input = input });
        Assert.That(extractor.Space.Name, Is.EqualTo("means"));
        Assert.That(extractor.Space.Version, Does.Match("^sha256:[0-9a-f]{64}$"));
        Assert.That(extractor.Space.Width, Is.EqualTo(3));
        var features = extractor.Extract(images);
        var expected = input.Prepare(images).to(ScalarType.Float64).mean([2, 3]);
        Assert.That(features.shape, Is.EqualTo(new long[] { 70, 3 }));
        Assert.That((features.to(ScalarType.Float64) - expected).abs().max().item<double>(), Is.LessThan(1e-4));
    }

    [Test]
    public void Extract_WithWeightsInside_UsesThem()
    {
        using var scope = NewDisposeScope();
        var images = Images(2);
        var path = folder.File("means.onnx", OnnxBytes.Averages(Fixed, scale: OnnxBytes.Weights(1, 0, -2)));
        using var extractor = new OnnxFeatures(path, new() { Input = new() { Range = PixelRange.Numbers } });
        var means = images.to(ScalarType.Float32).mean([2, 3]);
        Assert.That((extractor.Extract(images) - means * torch.tensor([1f, 0, -2])).abs().max().item<float>(), Is.LessThan(1e-3));
    }

    [Test]
    public void Load_WithWeightsInOtherFiles_IsRefusedAndOpensNone()
    {
        var inside = folder.File("weights.bin", new byte[12]);
        var within = Directory.CreateDirectory(folder.File("in")).FullName;
        foreach (var location in (string[])["weights.bin", "../weights.bin", inside, "/dev/zero", "/proc/self/mem"])
        {
            var path = Path.Combine(within, "a.onnx");
            File.WriteAllBytes(path, OnnxBytes.Averages(Fixed, scale: OnnxBytes.WeightsIn(location, 3)));
            File.Copy(inside, Path.Combine(within, "weights.bin"), overwrite: true);
            Assert.That(() => Load(path), Throws.TypeOf<DataFormatException>().With.Message.Contains("a.onnx"), location);
        }
    }

    [Test]
    public void Load_OfDamagedFiles_IsRefused()
    {
        var bytes = OnnxBytes.Averages(Fixed, scale: OnnxBytes.Weights(1, 0, -2));
        Assert.That(() => Load(folder.File("none.onnx")), Throws.TypeOf<FileNotFoundException>());
        for (var length = 0; length < bytes.Length; length += 5)
        {
            var path = folder.File("cut.onnx", bytes.AsSpan(0, length));
            Assert.That(() => Load(path), Throws.TypeOf<DataFormatException>().With.Message.Contains("cut.onnx"), $"{length}");
        }
        var noise = new byte[5000];
        new Random(1).NextBytes(noise);
        Assert.That(() => Load(folder.File("noise.onnx", noise)), Throws.TypeOf<DataFormatException>().With.Message.Contains("noise.onnx"));
    }

    [Test]
    public void Load_OfANetworkOfAnotherForm_SaysWhichOne()
    {
        DataFormatException Refusal(byte[] model) => Assert.Throws<DataFormatException>(() => Load(folder.File("a.onnx", model)))!;
        Assert.That(Refusal(OnnxBytes.Averages(Fixed, inputs: 2)).Message, Does.Contain("takes 2: x0, x1"));
        Assert.That(Refusal(OnnxBytes.Averages(Fixed, outputs: 2)).Message, Does.Contain("one output must be chosen").And.Contain("y0, y1"));
        Assert.That(Refusal(OnnxBytes.Averages(Fixed, OnnxBytes.Int64)).Message, Does.Contain("Int64"));
        Assert.That(Refusal(OnnxBytes.Averages([1, 3, 6, 5, 1])).Message, Does.Contain("5 axes"));
        using var chosen = new OnnxFeatures(
            folder.File("b.onnx", OnnxBytes.Averages(Fixed, outputs: 2)), new() { Output = "y1", Input = new() { Range = PixelRange.Numbers } });
        using var white = full([1, 3, 6, 5], 255, ScalarType.Byte);
        using var features = chosen.Extract(white);
        Assert.That(features.data<float>().ToArray(), Is.EqualTo(new[] { -255f, -255, -255 }));
    }

    [Test]
    public void Load_WithImagesThatTheNetworkDoesNotTake_SaysWhichOne()
    {
        var path = folder.File("a.onnx", OnnxBytes.Averages(Open));
        Assert.That(() => Load(path), Throws.InvalidOperationException.With.Message.Contains("leaves the size").And.Message.Contains("a.onnx"));
        Assert.That(
            () => Load(path, new() { Input = new() { Range = PixelRange.Bytes, Side = 6 } }),
            Throws.InvalidOperationException.With.Message.Contains("takes float32"));
        Assert.That(
            () => Load(path, new() { Input = new() { Channels = 4, Side = 6 } }),
            Throws.InvalidOperationException.With.Message.Contains("a.onnx failed").And.Message.Contains("Got: 4 Expected: 3"));
        Assert.That(
            () => Load(path, new() { Sha256 = new string('0', 64) }), Throws.TypeOf<DataFormatException>().With.Message.Contains("SHA-256 0000"));
    }

    private static void Load(string path, OnnxFeaturesOptions? options = null) => new OnnxFeatures(path, options).Dispose();

    private static Tensor Images(int count)
    {
        using var generator = new Generator(3);
        return randint(0, 256, [count, 3, 6, 5], dtype: ScalarType.Byte, generator: generator);
    }
}
