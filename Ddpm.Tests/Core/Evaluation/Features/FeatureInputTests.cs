using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Evaluation.Features;

public class FeatureInputTests
{
    [TestCase(PixelRange.Numbers, 0f, 255f)]
    [TestCase(PixelRange.Unit, 0f, 1f)]
    [TestCase(PixelRange.Symmetric, -1f, 1f)]
    [TestCase(PixelRange.ImageNet, -0.485f / 0.229f, (1 - 0.485f) / 0.229f)]
    public void Prepare_OfBlackAndWhite_GivesTheEndsOfTheRange(PixelRange range, float black, float white)
    {
        using var scope = NewDisposeScope();
        var images = stack([zeros([3, 2, 2], ScalarType.Byte), full([3, 2, 2], 255, ScalarType.Byte)]);
        var prepared = new FeatureInput { Range = range }.Prepare(images);
        Assert.That(prepared.dtype, Is.EqualTo(ScalarType.Float32));
        Assert.That(prepared[0, 0, 0, 0].item<float>(), Is.EqualTo(black).Within(1e-6));
        Assert.That(prepared[1, 0, 1, 1].item<float>(), Is.EqualTo(white).Within(1e-6));
    }

    [Test]
    public void Prepare_OfBytesThatAreResized_ClipsAndRounds()
    {
        using var scope = NewDisposeScope();
        var edge = cat([zeros([1, 3, 4, 2], ScalarType.Byte), full([1, 3, 4, 2], 255, ScalarType.Byte)], 3);
        var input = new FeatureInput { Range = PixelRange.Bytes, Side = 9 };
        var prepared = input.Prepare(edge);
        var floats = ImageResize.PillowBicubic.Apply(edge, 9, 9);
        Assert.That(prepared.dtype, Is.EqualTo(ScalarType.Byte));
        Assert.That(floats.min().item<float>(), Is.LessThan(-1), "bicubic overshoots");
        Assert.That(
            prepared.data<byte>().ToArray(),
            Is.EqualTo(floats.data<float>().ToArray().Select(value => (byte)Math.Clamp(MathF.Round(value), 0, 255))));
    }

    [Test]
    public void Prepare_OfGrayImages_RepeatsThem()
    {
        using var scope = NewDisposeScope();
        var gray = arange(8, ScalarType.Byte).reshape(2, 1, 2, 2);
        var prepared = new FeatureInput { Range = PixelRange.Numbers }.Prepare(gray);
        Assert.That(prepared.shape, Is.EqualTo(new long[] { 2, 3, 2, 2 }));
        for (var channel = 0; channel < 3; channel++)
            Assert.That(prepared[1, channel].contiguous().data<float>().ToArray(), Is.EqualTo(new[] { 4f, 5, 6, 7 }));
    }

    [Test]
    public void Prepare_OfOtherChannels_IsRefused()
    {
        using var images = zeros([1, 4, 2, 2], ScalarType.Byte);
        Assert.That(
            () => new FeatureInput().Prepare(images), Throws.ArgumentException.With.Message.Contains("1 or 3").And.Message.Contains("have 4"));
        Assert.That(
            () => new FeatureInput { Channels = 4, Range = PixelRange.ImageNet }.Prepare(images),
            Throws.InvalidOperationException.With.Message.Contains("3 channels"));
    }

    [Test]
    public void Properties_OutOfRange_AreRefused()
    {
        Assert.That(() => new FeatureInput { Side = 0 }, Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new FeatureInput { Channels = 0 }, Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new FeatureInput { Range = (PixelRange)9 }, Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(new FeatureInput().ResizeInWords, Is.Null);
        Assert.That(
            new FeatureInput { Side = 299, Resize = ImageResize.Bilinear }.ResizeInWords, Is.EqualTo("bilinear, half pixels, to 299 x 299"));
    }
}
