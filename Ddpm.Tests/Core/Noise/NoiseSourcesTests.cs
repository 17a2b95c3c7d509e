using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Noise;

/// <summary>What every source of noise does, and the sources other than a seed.</summary>
public class NoiseSourcesTests
{
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
    public void GivenNoise_OfADraw_IsWhatTheFunctionGives_InAnyOrder()
    {
        using var scope = NewDisposeScope();
        var noise = CosineNoise.From(3);
        foreach (var draw in (long[])[2, 0, 2])
            Expect.Same(noise.Draw([2, 3, 4, 4], firstImage: 5, draw), CosineNoise.Draw(3 + (int)draw, 2, 3, 4, 4));
    }

    private static IEnumerable<TestCaseData<Func<INoiseSource>>> Sources =>
    [
        new(() => new SeededNoise(0)) { TestName = "{m}(seed)" },
        new(() => CosineNoise.From(0)) { TestName = "{m}(given)" },
        new(() => new GeneratorNoise(new Generator(0))) { TestName = "{m}(generator)" },
    ];

    // The numbers are those of float32, rounded; a target's strides do not matter.
    [TestCaseSource(nameof(Sources))]
    public void EverySource_FillsAnyTargetInPlace(Func<INoiseSource> source)
    {
        using var scope = NewDisposeScope();
        long[] shape = [2, 3, 5, 7];
        foreach (var type in (ScalarType[])[ScalarType.Float32, ScalarType.Float64, ScalarType.Float16, ScalarType.BFloat16])
            foreach (var target in (Tensor[])
            [
                empty(shape, type), empty([2, 5, 7, 3], type).permute(0, 3, 1, 2),
                empty([2, 3, 5, 14], type)[.., .., .., TensorIndex.Slice(step: 2)],
            ])
            {
                source().Fill(target, 4, 9);
                Expect.Same(target, source().Draw(shape, 4, 9).to(type));
            }
    }

    [TestCaseSource(nameof(Sources))]
    public void EverySource_RefusesWhatIsNoBatchOfFloatingPointNumbers(Func<INoiseSource> source)
    {
        using var scope = NewDisposeScope();
        foreach (var wrong in (Tensor[])[zeros(2, 3, 4, 4, ScalarType.Byte), zeros(2, 3, 4), zeros(0, 3, 4, 4)])
            Assert.That(() => source().Fill(wrong, 0, 0), Throws.ArgumentException
                .With.Message.Contains("floating-point").And.Message.Contains(Batch.Extents(wrong)).And.Message.Contains(wrong.dtype.ToString()));
        Assert.That(() => source().Fill(null!, 0, 0), Throws.ArgumentNullException);
    }

    [TestCaseSource(nameof(Sources))]
    public void EverySource_LeavesOnlyItsDraw(Func<INoiseSource> source) => Expect.NoLeak(() =>
    {
        foreach (var device in (Device[])[CPU, META])
            foreach (var type in (ScalarType[])[ScalarType.Float32, ScalarType.Float16])
                new NoiseStream(source()).Draw([2, 3, 4, 4], device, type).Dispose();
    });
}
