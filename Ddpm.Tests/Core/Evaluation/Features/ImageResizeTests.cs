using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Evaluation.Features;

/// <summary>Against PyTorch, Pillow, and TensorFlow 1's formula in NumPy (eng/recordings/features.py).</summary>
public class ImageResizeTests
{
    private const string File = "features/resized.npz";

    private static readonly string[] Cases = ["up", "down", "mixed", "cifar"];

    private static readonly Dictionary<string, (ImageResize Resize, double Tolerance)> Ways = new()
    {
        // In double; the original and ours have places in float32: 32 · 2^-24 of a pixel, which 255 may part from its neighbour.
        ["tensorflow"] = (ImageResize.TensorFlowBilinear, 5e-4),
        ["tensorflow32"] = (ImageResize.TensorFlowBilinear, 0),
        ["bilinear"] = (ImageResize.Bilinear, 2e-4),
        ["pillow"] = (ImageResize.PillowBicubic, 0),
    };

    [Test]
    public void Apply_GivesTheOriginalsValues([ValueSource(nameof(Cases))] string name, [Values("tensorflow", "tensorflow32", "bilinear", "pillow")] string way)
    {
        using var scope = NewDisposeScope();
        var (resize, tolerance) = Ways[way];
        using var file = NumpyFile.Open(Recordings.At(File));
        var size = file.Read($"{name}.size").ToArray<int>();
        var step = file.Read($"{name}.step").ToArray<int>()[0];
        var expected = file.Read($"{name}.{way}");
        var resized = resize.Apply(Images(file, name), size[0], size[1]);
        Assert.That(resized.shape[2..], Is.EqualTo(size.Select(each => (long)each)));
        var actual = resized[TensorIndex.Ellipsis, TensorIndex.Slice(step: step), TensorIndex.Slice(step: step)].contiguous();
        Assert.That(actual.shape, Is.EqualTo(expected.Sizes));
        Assert.That(actual.data<float>().ToArray().Select(value => (double)value), Is.EqualTo(expected.ToArray<double>()).Within(tolerance));
    }

    [Test]
    public void Apply_TheSameImageAmongOthers_GivesTheSameBits([Values("tensorflow", "bilinear", "pillow")] string way)
    {
        using var scope = NewDisposeScope();
        using var file = NumpyFile.Open(Recordings.At(File));
        var images = Images(file, "up");
        var together = Ways[way].Resize.Apply(cat([images, images, images.flip(0)]), 30, 40);
        var alone = Ways[way].Resize.Apply(images.narrow(0, 1, 1), 30, 40);
        foreach (var at in (int[])[1, 3, 4])
            Assert.That(together.narrow(0, at, 1).equal(alone).all().item<bool>(), $"{at}");
    }

    [Test]
    public void Apply_ToTheSameSize_ChangesNothing([Values("tensorflow", "bilinear", "pillow")] string way)
    {
        using var scope = NewDisposeScope();
        using var file = NumpyFile.Open(Recordings.At(File));
        var images = Images(file, "down");
        var same = Ways[way].Resize.Apply(images, 24, 20);
        Assert.That(same.equal(images.to(ScalarType.Float32)).all().item<bool>());
    }

    [Test]
    public void Apply_OfWhatIsNoImage_NamesItsShape()
    {
        using var whole = zeros([1, 3, 4, 4], ScalarType.Int64);
        using var images = zeros([1, 3, 4, 4]);
        Assert.That(() => ImageResize.Bilinear.Apply(whole, 2, 2), Throws.ArgumentException.With.Message.Contains("[1, 3, 4, 4] of Int64"));
        Assert.That(() => ImageResize.Bilinear.Apply(images, 0, 2), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("height"));
        Assert.That(() => ImageResize.Bilinear.Apply(images, 2, 20_000), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("width"));
    }

    private static Tensor Images(NumpyFile file, string name)
    {
        var array = file.Read(name);
        return torch.tensor(array.ToArray<byte>(), [.. array.Sizes], dtype: ScalarType.Byte);
    }
}
