using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Noise;

/// <summary>A million values against N(0, 1): five standard errors each. They follow from the seed, so a test that passes goes on passing.</summary>
public class SeededNoiseDistributionTests
{
    private const int Count = 1_000_000;

    private static double[] Values(ulong seed = 1, long image = 0, long draw = 0, long[]? shape = null)
    {
        using var scope = NewDisposeScope();
        return [.. new SeededNoise(seed).Draw(shape ?? [1, 1, 1000, 1000], image, draw).data<float>().Select(value => (double)value)];
    }

    // One image of a million values, a thousand of a thousand, and a million of one value, whose noise is that of their keys.
    private static readonly TestCaseData<long[]>[] Shapes =
    [
        new([1, 1, 1000, 1000]) { TestName = "{m}(1 image)" },
        new([1000, 1, 40, 25]) { TestName = "{m}(1000 images)" },
        new([Count, 1, 1, 1]) { TestName = "{m}(1000000 images)" },
    ];

    [TestCaseSource(nameof(Shapes))]
    public void Noise_HasTheMomentsTheTailsAndTheDistribution(long[] shape)
    {
        var values = Values(shape: shape);
        Assert.That(values.Mean(), Is.EqualTo(0).Within(5e-3));
        Assert.That(values.Variance(), Is.EqualTo(1).Within(5 * Math.Sqrt(2) * 1e-3));
        Assert.That(values.Skewness(), Is.EqualTo(0).Within(5 * Math.Sqrt(6) * 1e-3));
        Assert.That(values.Kurtosis(), Is.EqualTo(0).Within(5 * Math.Sqrt(24) * 1e-3));
        var far = 2 * Normal.CDF(0, 1, -4) * Count;         // 63 beyond four deviations
        Assert.That(values.Count(value => Math.Abs(value) > 4), Is.EqualTo(far).Within(5 * Math.Sqrt(far)));

        // Kolmogorov and Smirnov: √n D exceeds 2.7 once in a million.
        Array.Sort(values);
        var distance = values.Select((value, i) => (P: Normal.CDF(0, 1, value), Below: (double)i / Count))
            .Max(at => Math.Max(at.P - at.Below, at.Below + 1.0 / Count - at.P));
        TestContext.Out.WriteLine($"D = {distance:E2}");
        Assert.That(distance, Is.LessThan(2.7e-3));
    }

    // Of the values, and of their squares, which tells whether the sizes go together: those of a pair of Box and Muller share r.
    [Test]
    public void Noise_OfNeighbours_IsUncorrelated()
    {
        var values = Values();
        var half = Count / 2;
        foreach (var (name, one, other) in new[]
        {
            ("draws", values, Values(draw: 1)), ("images", values, Values(image: 1)), ("seeds", values, Values(seed: 2)),
            ("upper halves of seeds", values, Values(seed: 1 + (1UL << 32))), ("image and draw", Values(image: 1), Values(draw: 1)),
            ("places", values[1..], values[..^1]), ("both of a pair", values[..half], values[half..]),
            ("a pair and the next", values[1..half], values[half..^1]),
            ("images of one value", Values(shape: [Count, 1, 1, 1])[1..], Values(shape: [Count, 1, 1, 1])[..^1]),
            ("draws of one value", Values(shape: [Count, 1, 1, 1]), Values(shape: [Count, 1, 1, 1], draw: 1)),
        })
        {
            var error = 1 / Math.Sqrt(one.Length);
            Assert.That(Correlation.Pearson(one, other), Is.EqualTo(0).Within(5 * error), name);
            Assert.That(
                Correlation.Pearson(one.Select(value => value * value), other.Select(value => value * value)), Is.EqualTo(0).Within(5 * error), name);
        }
    }
}
