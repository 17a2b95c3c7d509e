using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Evaluation;

/// <summary>The kernel distance against its definition, pair by pair.</summary>
public class KernelDistanceTests
{
    private static Tensor Normal(ulong seed, int count, int width = 6)
    {
        using var generator = new Generator(seed);
        return randn([count, width], ScalarType.Float64, CPU, generator: generator);
    }

    private static double Kernel(double[] x, double[] y) => Math.Pow(x.Zip(y, (a, b) => a * b).Sum() / x.Length + 1, 3);

    [Test]
    public void OfAll_IsTheDefinition()
    {
        using var a = Normal(1, 9);
        using var b = Normal(2, 7);
        double[][] x = [.. a.data<double>().ToArray().Chunk(6)], y = [.. b.data<double>().ToArray().Chunk(6)];
        double Within(double[][] set) =>
            set.Index().SelectMany(i => set.Index().Where(j => j.Index != i.Index).Select(j => Kernel(i.Item, j.Item))).Average();
        var expected = Within(x) + Within(y) - 2 * x.SelectMany(i => y.Select(j => Kernel(i, j))).Average();

        Assert.That(KernelDistance.OfAll(a, b), Is.EqualTo(expected).Within(1e-12));
    }

    [Test]
    public void Between_WithSubsetsOfAll_IsThatOfAll()
    {
        using var a = Normal(1, 50);
        using var b = Normal(2, 50);

        var found = new KernelDistance { Subsets = 3, SubsetSize = 50 }.Between(a, b);

        Assert.That(found.Mean, Is.EqualTo(KernelDistance.OfAll(a, b)).Within(1e-12));
        Assert.That(found.StandardDeviation, Is.Zero.Within(1e-12));
    }

    // Unbiased: the mean over many subsets is that of all, within 4 standard errors; and that of one distribution is 0 within the same.
    [Test]
    public void Between_IsUnbiased()
    {
        using var a = Normal(1, 1000);
        using var b = Normal(2, 1000);
        using var moved = b + 0.2;

        foreach (var other in new[] { b, moved })
        {
            var found = new KernelDistance { Subsets = 400, SubsetSize = 100 }.Between(a, other);
            var error = found.StandardDeviation / Math.Sqrt(found.Subsets);
            Assert.That(found.Mean, Is.EqualTo(KernelDistance.OfAll(a, other)).Within(4 * error));
            Assert.That(found.StandardDeviation, Is.Positive);
        }
    }

    [Test]
    public void Between_FollowsFromTheSeedAndNotFromTheOrder()
    {
        using var a = Normal(1, 200);
        using var b = Normal(2, 150);
        using var shuffled = a.index_select(0, randperm(200));
        var distance = new KernelDistance { Subsets = 5 };

        var found = distance.Between(a, b);

        Assert.That(found.SubsetSize, Is.EqualTo(75));
        Assert.That(distance.Between(shuffled, b), Is.EqualTo(found));
        Assert.That((distance with { Seed = 1 }).Between(a, b), Is.Not.EqualTo(found));
    }

    [Test]
    public void Between_OfTooFew_IsRefused()
    {
        using var a = Normal(1, 10);
        using var one = Normal(1, 1);

        Assert.That(() => new KernelDistance { SubsetSize = 11 }.Between(a, a), Throws.ArgumentException.With.Message.Contains("10 images, but is 11"));
        Assert.That(() => KernelDistance.OfAll(a, one), Throws.ArgumentException.With.Message.Contains("N at least 2"));
        Assert.That(() => new KernelDistance().Between(a, a, new CancellationToken(true)), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Between_LeavesNothing() => Expect.NoLeak(() =>
    {
        using var a = Normal(1, 10);
        new KernelDistance { Subsets = 2 }.Between(a, a);
    });
}
