using MathNet.Numerics.Statistics;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core;

public class NoiseTests
{
    [Test]
    public void SeededNoise_OfAnImage_DoesNotDependOnTheBatch()
    {
        using var scope = NewDisposeScope();
        var (batch, tail) = (new SeededNoise(7), new SeededNoise(7, firstSample: 3));
        for (var draw = 0; draw < 3; draw++)
            Expect.Same(tail.Draw([2, 3, 4, 4]), batch.Draw([5, 3, 4, 4])[3..]);
    }

    [Test]
    public void SeededNoise_IsStandardNormalAndIndependent()
    {
        using var scope = NewDisposeScope();
        var noise = new SeededNoise(1);
        var (first, second) = (
            noise.Draw([4, 3, 64, 64]).data<float>().Select(v => (double)v).ToArray(),
            noise.Draw([4, 3, 64, 64]).data<float>().Select(v => (double)v).ToArray());
        // 49,152 values: standard errors 0.0045 (mean, correlation), 0.0032 (deviation); four of them.
        Assert.That(first.Mean(), Is.EqualTo(0).Within(0.018));
        Assert.That(first.StandardDeviation(), Is.EqualTo(1).Within(0.013));
        Assert.That(Correlation.Pearson(first, second), Is.EqualTo(0).Within(0.018));
        Assert.That(Correlation.Pearson(first[..12288], first[12288..24576]), Is.EqualTo(0).Within(0.036));
    }

    [Test]
    public void Seeds_OfNeighbouringNames_Differ()
    {
        var seeds = from seed in Enumerable.Range(0, 20) from sample in Enumerable.Range(0, 20) from draw in Enumerable.Range(0, 20)
                    select Seeds.Mix((ulong)seed, (ulong)sample, (ulong)draw);
        Assert.That(seeds, Is.Unique);
    }

    [Test]
    public void GeneratorNoise_OfOneGenerator_IsPyTorchs()
    {
        // torch.manual_seed(0); torch.randn(16) in PyTorch. Draws of fewer than 16 values take another path.
        using var generator = new Generator(0);
        using var noise = new GeneratorNoise(generator).Draw([1, 1, 4, 4]);
        Assert.That(noise.data<float>().Take(4), Is.EqualTo(new[] { -1.1258398f, -1.1523602f, -0.25057858f, -0.4338788f }).Within(1e-6));
    }

    [Test]
    public void GeneratorNoise_OfAGeneratorAnImage_DrawsEachAlone()
    {
        using var scope = NewDisposeScope();
        Generator[] generators = [new(11), new(12)];
        using var second = new Generator(12);
        var noise = new GeneratorNoise(generators);
        var alone = new GeneratorNoise(second);
        for (var draw = 0; draw < 2; draw++)
            Expect.Same(noise.Draw([2, 3, 8, 8])[1..], alone.Draw([1, 3, 8, 8]));
        Assert.That(() => noise.Draw([3, 3, 8, 8]), Throws.ArgumentException.With.Message.Contains("2 for 3 images"));
        foreach (var generator in generators)
            generator.Dispose();
    }

    [Test]
    public void DrawLike_HasTheTensorsTypeAndShape()
    {
        using var scope = NewDisposeScope();
        var like = zeros([2, 1, 4, 4], ScalarType.BFloat16);
        var drawn = new SeededNoise(0).DrawLike(like);
        Assert.That((drawn.dtype, drawn.shape), Is.EqualTo((ScalarType.BFloat16, like.shape)));
    }

    [Test]
    public void EverySource_LeavesOnlyItsDraw() => Expect.NoLeak(() =>
    {
        using var generator = new Generator(0);
        using var like = zeros(2, 3, 4, 4);
        new SeededNoise(0).DrawLike(like).Dispose();
        new GeneratorNoise(generator).DrawLike(like).Dispose();
        CosineNoise.From(0).DrawLike(like).Dispose();
    });
}
