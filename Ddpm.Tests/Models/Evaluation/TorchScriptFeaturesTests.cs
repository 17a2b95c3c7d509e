using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models.Evaluation;

/// <summary>
/// A small network of PyTorch's (eng/recordings/features.py): a convolution by 1/255, its averages, and classes where no features are asked for.
/// </summary>
public class TorchScriptFeaturesTests
{
    private const string Sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private static TestCaseData[] Cases() =>
    [
        Case("features", new() { Input = new() { Range = PixelRange.Bytes }, Arguments = [true] }),
        Case("features", new() { Input = new() { Range = PixelRange.Numbers }, Arguments = [true], BatchSize = 4 }),
        Case("features", new() { Input = new() { Range = PixelRange.Numbers }, Arguments = [true, 1.0], Width = 8 }),
        Case("classes", new() { Input = new() { Range = PixelRange.Numbers } }),
        Case("doubled", new() { Input = new() { Range = PixelRange.Numbers }, Arguments = [true, 2.0] }),
        Case("symmetric", new() { Input = new() { Range = PixelRange.Symmetric }, Arguments = [true] }),
        Case("imagenet", new() { Input = new() { Range = PixelRange.ImageNet }, Arguments = [true] }),
        Case("resized", new() { Input = new() { Range = PixelRange.Numbers, Side = 20, Resize = ImageResize.Bilinear }, Arguments = [true] }),
    ];

    [TestCaseSource(nameof(Cases))]
    public void Extract_GivesPyTorchsValues(string name, TorchScriptFeaturesOptions options)
    {
        using var scope = NewDisposeScope();
        using var file = NumpyFile.Open(Recordings.At("features/network.npz"));
        using var extractor = Load(options);
        var features = extractor.Extract(Images(file));
        var expected = file.Read(name);
        Assert.That(features.shape, Is.EqualTo(expected.Sizes));
        Assert.That(features.dtype, Is.EqualTo(ScalarType.Float32));
        Assert.That(extractor.Space.Width, Is.EqualTo(features.shape[1]));
        Assert.That(features.data<float>().ToArray(), Is.EqualTo(expected.ToArray<float>()).Within(1e-5));
    }

    [Test]
    public void Extract_OfTheSameImageInAnyNumberAndOrder_GivesTheSameBits([Values(1, 4)] int batchSize)
    {
        using var scope = NewDisposeScope();
        using var file = NumpyFile.Open(Recordings.At("features/network.npz"));
        using var extractor = Load(new() { Input = new() { Range = PixelRange.Numbers }, Arguments = [true], BatchSize = batchSize });
        var images = Images(file);
        var together = extractor.Extract(images);
        Assert.That(extractor.Extract(images.flip(0)).flip(0).equal(together).all().item<bool>(), "reversed");
        for (var i = 0; i < 5; i++)
            Assert.That(extractor.Extract(images.narrow(0, i, 1)).equal(together.narrow(0, i, 1)).all().item<bool>(), $"{i}");
    }

    [Test]
    public void Extract_OfGrayImages_IsThatOfTheirThreeEqualChannels()
    {
        using var scope = NewDisposeScope();
        using var file = NumpyFile.Open(Recordings.At("features/network.npz"));
        using var extractor = Load(new() { Arguments = [true] });
        var gray = Images(file).narrow(1, 0, 1);
        Assert.That(extractor.Extract(gray).equal(extractor.Extract(gray.expand(-1, 3, -1, -1))).all().item<bool>());
    }

    [Test]
    public void Space_SaysWhichFileAndHowImagesAreResized()
    {
        using var extractor = Load(new() { Input = new() { Side = 20, Resize = ImageResize.TensorFlowBilinear } });
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Recordings.At("features/network.pt"))));
        Assert.That(extractor.Space, Is.EqualTo(
            new FeatureSpace("network", 4) { Version = $"sha256:{hash}", Resize = "bilinear, TensorFlow 1, to 20 x 20" }));
    }

    [Test]
    public void Load_OfAnotherFileThanTheChecksumSays_IsRefusedBeforeItRuns()
    {
        var path = Recordings.At("features/network.pt");
        Assert.That(
            () => TorchScriptFeatures.Load(path, new() { Sha256 = Sha256.ToUpperInvariant() }),
            Throws.TypeOf<DataFormatException>().With.Message.Contains(Sha256).And.Message.Contains("network.pt"));
        Assert.That(() => TorchScriptFeatures.LoadInception(path), Throws.TypeOf<DataFormatException>().With.Message.Contains("f58cb9b6"));
        Assert.That(() => new TorchScriptFeaturesOptions { Sha256 = "12" }, Throws.ArgumentException.With.Message.Contains("64 hexadecimal"));
    }

    [Test]
    public void Load_OfWeightsAlone_SaysWhatIsMissing() => Assert.That(
        () => TorchScriptFeatures.Load(Recordings.At("features/weights.pth")),
        Throws.TypeOf<DataFormatException>().With.Message.Contains("weights alone").And.Message.Contains("torch.jit"));

    [Test]
    public void Load_OfDamagedFiles_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var bytes = File.ReadAllBytes(Recordings.At("features/network.pt"));
        Assert.That(() => TorchScriptFeatures.Load(folder.File("none.pt")), Throws.TypeOf<FileNotFoundException>());
        for (var length = 0; length < bytes.Length; length += 97)
        {
            var path = folder.File("cut.pt", bytes.AsSpan(0, length));
            Assert.That(() => TorchScriptFeatures.Load(path), Throws.TypeOf<DataFormatException>().With.Message.Contains("cut.pt"), $"{length}");
        }
    }

    [Test]
    public void Load_WithImagesThatTheProgramDoesNotTake_SaysWhatItSays()
    {
        var input = new FeatureInput { Channels = 4 };
        Assert.That(
            () => Load(new() { Input = input }),
            Throws.InvalidOperationException.With.Message.Contains("network.pt").And.Message.Contains("channels"));
        Assert.That(() => Load(new() { Arguments = [true, 1.0, 3] }), Throws.InvalidOperationException.With.Message.Contains("argument"));
        Assert.That(() => Load(new() { Arguments = [null!] }), Throws.ArgumentException.With.Message.Contains("null"));
        Assert.That(() => new TorchScriptFeaturesOptions { Arguments = ["a"] }, Throws.ArgumentException.With.Message.Contains("String"));
    }

    [Test]
    public void Extract_WithAWidthThatIsNotTheProgramsOrAfterDisposal_IsRefused()
    {
        using var images = zeros([1, 3, 12, 12], ScalarType.Byte);
        using var wrong = Load(new() { Width = 9 });
        Assert.That(() => wrong.Extract(images), Throws.InvalidOperationException.With.Message.Contains("9").And.Message.Contains("4"));
        var disposed = Load(new());
        disposed.Dispose();
        Assert.That(() => disposed.Extract(images), Throws.TypeOf<ObjectDisposedException>());
    }

    // PyTorch's hub puts the first 8 digits of a file's SHA-256 at the end of its name.
    [Test]
    public void KnownFiles_AreNamedByTheirChecksums()
    {
        foreach (var known in KnownFeatureFile.All)
        {
            Assert.That(known.Sha256, Does.Match("^[0-9a-f]{64}$"));
            Assert.That(KnownFeatureFile.Of(known.Sha256.ToUpperInvariant()), Is.SameAs(known));
        }
        var weights = KnownFeatureFile.PytorchFidWeights;
        Assert.That(Path.GetFileNameWithoutExtension(weights.FileName).Split('-')[^1], Is.EqualTo(weights.Sha256[..8]));
        Assert.That(KnownFeatureFile.Of(Sha256), Is.Null);
    }

    private static TestCaseData Case(string name, TorchScriptFeaturesOptions options) =>
        new TestCaseData(name, options).SetArgDisplayNames(name, $"{options.Input.Range}", $"{options.BatchSize}", $"{options.Width}");

    private static TorchScriptFeatures Load(TorchScriptFeaturesOptions options) =>
        TorchScriptFeatures.Load(Recordings.At("features/network.pt"), options);

    private static Tensor Images(NumpyFile file)
    {
        var array = file.Read("images");
        return torch.tensor(array.ToArray<byte>(), [.. array.Sizes], dtype: ScalarType.Byte);
    }
}
