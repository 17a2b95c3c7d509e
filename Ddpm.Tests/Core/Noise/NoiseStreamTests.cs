using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Noise;

public class NoiseStreamTests
{
    [Test]
    public void Draw_AsksForOneDrawAfterTheOther_OfTheSameImages()
    {
        using var scope = NewDisposeScope();
        var asked = new Asked();
        var (whole, later) = (new NoiseStream(asked), new NoiseStream(asked, firstImage: 7, firstDraw: 1));
        whole.Draw([2, 3, 4, 4]);
        whole.DrawLike(zeros(3, 1, 2, 2));
        later.Draw([2, 3, 4, 4]);
        later.Draw([2, 3, 4, 4]);
        whole.Draw([2, 3, 4, 4]);
        Assert.That(asked.Calls, Is.EqualTo(new[] { (0L, 0L), (0, 1), (7, 1), (7, 2), (0, 2) }));
    }

    [Test]
    public void Draw_HasTheTypeTheDeviceAndTheShape([Values(ScalarType.Float32, ScalarType.BFloat16)] ScalarType type, [Values] bool onMeta)
    {
        using var scope = NewDisposeScope();
        var device = onMeta ? META : CPU;
        var like = zeros([2, 1, 4, 4], type, device);
        foreach (var drawn in (Tensor[])
            [new NoiseStream(new SeededNoise(0)).DrawLike(like), new NoiseStream(new SeededNoise(0)).Draw(like.shape, device, type)])
            Assert.That((drawn.dtype, drawn.device_type, drawn.shape), Is.EqualTo((type, device.type, like.shape)));
    }

    [Test]
    public void Draw_OfWhatIsNoBatchOfFloatingPointNumbers_IsRefused_AndDoesNotCount()
    {
        using var scope = NewDisposeScope();
        var stream = new NoiseStream(CosineNoise.From(0));
        Assert.That(() => stream.Draw([2, 3, 4, 4], dtype: ScalarType.Int64), Throws.ArgumentException.With.Message.Contains("Int64"));
        Assert.That(() => stream.Draw([3, 4, 4]), Throws.ArgumentException.With.Message.Contains("[3, 4, 4]"));
        Assert.That(() => stream.DrawLike(null!), Throws.ArgumentNullException);
        Assert.That(() => new NoiseStream(null!), Throws.ArgumentNullException);
        Assert.That(() => new NoiseStream(CosineNoise.From(0), firstImage: -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new NoiseStream(CosineNoise.From(0), firstDraw: -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Expect.Same(stream.Draw([2, 3, 4, 4]), CosineNoise.Draw(0, 2, 3, 4, 4));
    }

    private sealed class Asked : INoiseSource
    {
        internal List<(long FirstImage, long Draw)> Calls { get; } = [];

        public void Fill(Tensor target, long firstImage, long draw) => Calls.Add((firstImage, draw));
    }
}
