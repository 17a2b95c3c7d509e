using Ddpm.Samples;

namespace Ddpm.Tests.Samples;

/// <summary>Attention stays at the resolution where a preset has it: at a level it would grow with the fourth power of the images' edge.</summary>
public class NetworkPresetsTests
{
    [TestCase("paper", 32, 32, 16)]
    [TestCase("paper", 64, 64, 16)]
    [TestCase("paper", 128, 128, 16)]
    [TestCase("paper", 256, 256, 32)]       // levels of 256, 128, 64 and 32: the nearest
    [TestCase("paper", 16, 16, 16)]
    [TestCase("paper", 48, 48, 12)]         // 24 is half as large again, 12 a third smaller
    [TestCase("paper", 192, 160, 24)]       // 24 x 20
    [TestCase("paper", 64, 16, 32)]         // 32 x 8 has the pixels of 16 x 16
    [TestCase("paper", 16, 256, 4)]         // 4 x 64: at 16 x 256 attention would see 4,096 pixels
    [TestCase("small", 32, 32, 16)]
    [TestCase("small", 64, 64, 16)]
    [TestCase("small", 128, 128, 32)]
    [TestCase("tiny", 16, 16, 8)]
    [TestCase("tiny", 32, 32, 16)]
    [TestCase("reference", 32, 32, 4)]
    [TestCase("reference", 64, 64, 4)]
    [TestCase("reference", 128, 128, 4)]
    [TestCase("reference", 256, 256, 8)]
    public void For_ImagesOfAnySize_HasAttentionAtThePresetsResolutionOrTheNearest(string preset, int height, int width, int attention)
    {
        var options = NetworkPresets.For(preset, new ImageShape(3, height, width));
        Assert.That(options.AttentionResolutions, Is.EqualTo(new[] { attention }));
        Assert.That(() => new DiffusionBuilder().WithUNet(options), Throws.Nothing);
    }

    [TestCase("paper", 20, 20, 8)]
    [TestCase("paper", 32, 36, 8)]
    [TestCase("reference", 48, 48, 32)]
    [TestCase("tiny", 17, 16, 2)]
    public void For_ASizeThatTheLevelsDoNotDivide_IsRefusedWithTheUnit(string preset, int height, int width, int unit) => Assert.That(
        () => new DiffusionBuilder().WithUNet(NetworkPresets.For(preset, new ImageShape(3, height, width))),
        Throws.ArgumentException.With.Message.Contains($"multiples of {unit}").And.Message.Contains($"{height} x {width}"));

    [Test]
    public void For_ThePresetsOwnImages_IsThePreset([Values("paper", "reference", "small", "tiny")] string preset)
    {
        var own = NetworkPresets.For(preset);
        Assert.That(NetworkPresets.For(preset, own.Image).AttentionResolutions, Is.EqualTo(own.AttentionResolutions));
    }
}
