using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core;

public class BernoulliMaskTests
{
    private static Tensor Draw(ulong key, long[] shape, double keep = 0.7, ScalarType type = ScalarType.Float32) =>
        BernoulliMask.Draw(key, shape, keep, type, CPU);

    // The loop on the CPU and the operators that other devices run: the same whole numbers, so the same bits.
    [Test]
    public void Draw_ByLoopOrByOperators_GivesTheSameBits(
        [Values(1, 3, 17)] long channels, [Values(1, 5, 16)] long edge, [Values(0.5, 0.9, 1e-6, 1)] double keep,
        [Values(0UL, 1UL, 0xFEDCBA9876543210UL, ulong.MaxValue)] ulong key)
    {
        using var scope = NewDisposeScope();
        long[] shape = [2, channels, edge, edge];
        Expect.Same(Draw(key, shape, keep), BernoulliMask.ByOperators([2, edge, edge, channels], new MaskRule(key, keep), CPU).permute(0, 3, 1, 2));
    }

    // 1,000,000 draws: standard error 0.00046; five of them. Neighbours in every direction, and two keys, agree as often as independent ones do: in
    // 0.58.
    [Test]
    public void Draw_KeepsTheShareAskedFor_AndNeighboursAreIndependent()
    {
        using var scope = NewDisposeScope();
        var (mask, other) = (Draw(5, [10, 10, 100, 100]), Draw(6, [10, 10, 100, 100]));
        Assert.That(mask.gt(0).to(ScalarType.Float64).mean().item<double>(), Is.EqualTo(0.7).Within(0.0025));
        Assert.That(mask.max().item<float>(), Is.EqualTo((float)(1 / 0.7)));
        double Agreement(Tensor a, Tensor b) => a.gt(0).eq(b.gt(0)).to(ScalarType.Float64).mean().item<double>();
        Assert.That(Agreement(mask, other), Is.EqualTo(0.58).Within(0.0035));
        for (var axis = 0; axis < 4; axis++)
            Assert.That(
                Agreement(mask.narrow(axis, 0, mask.shape[axis] - 1), mask.narrow(axis, 1, mask.shape[axis] - 1)), Is.EqualTo(0.58).Within(0.0035));
    }

    [Test]
    public void Draw_OfAnImage_DoesNotDependOnTheBatchSize()
    {
        using var scope = NewDisposeScope();
        Expect.Same(Draw(3, [5, 4, 6, 6])[..2], Draw(3, [2, 4, 6, 6]));
    }

    [Test]
    public void Draw_WithKeysThatDifferInOneBit_GivesOtherMasks([Values(0, 31, 32, 63)] int bit)
    {
        using var scope = NewDisposeScope();
        var different = Draw(9, [1, 4, 16, 16]).ne(Draw(9UL ^ (1UL << bit), [1, 4, 16, 16])).to(ScalarType.Float32).mean().item<float>();
        Assert.That(different, Is.EqualTo(0.42).Within(0.08));        // 1,024 draws: standard error 0.015; five of them
    }

    [Test]
    public void Draw_OnAnyDevice_ReadsNothingAndKeepsTheType([Values(ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16)] ScalarType type)
    {
        using var scope = NewDisposeScope();
        var mask = BernoulliMask.Draw(1, [2, 3, 4, 5], 0.5, type, META);
        Assert.That((mask.device_type, mask.dtype), Is.EqualTo((DeviceType.META, type)));
        Assert.That(mask.shape, Is.EqualTo(new long[] { 2, 3, 4, 5 }));
        Assert.That(Draw(1, [2, 3, 4, 5], 0.5, type).dtype, Is.EqualTo(type));
    }

    [Test]
    public void Draw_LeavesNothingElseAlive() => Expect.NoLeak(() =>
    {
        Draw(1, [2, 3, 4, 5]).Dispose();
        BernoulliMask.Draw(1, [2, 3, 4, 5], 0.5, ScalarType.Float32, META).Dispose();
    });
}
