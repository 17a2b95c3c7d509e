using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Statistics;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Evaluation;

/// <summary>Statistics that come batch by batch: against MathNet's of all at once, and the same bits in every order.</summary>
public class FeatureAccumulatorTests
{
    // Rows of very different sizes, one of zeros, a feature that never changes, and one whose mean is 10,000 deviations from 0.
    private static Tensor Features(int count, int width, ulong seed = 1)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed);
        var x = randn([count, width], ScalarType.Float32, CPU, generator: generator);
        x.mul_(pow(10, arange(count).remainder(5).sub(2).to(ScalarType.Float32)).unsqueeze(1));
        x[TensorIndex.Ellipsis, 0] = 0.7f;
        x[TensorIndex.Ellipsis, 1] = x[TensorIndex.Ellipsis, 1].div(100).add(10_000);
        x[3] = 0;
        return x.MoveToOuterDisposeScope();
    }

    private static FeatureStatistics Statistics(Tensor x, params int[] sizes)
    {
        using var accumulator = new FeatureAccumulator((int)x.shape[1]);
        var first = 0L;
        foreach (var size in sizes)
        {
            using var batch = x.narrow(0, first, size);
            accumulator.Add(batch);
            first += size;
        }
        Assert.That(accumulator.Count, Is.EqualTo(x.shape[0]));
        return accumulator.ToStatistics();
    }

    [Test]
    public void ToStatistics_IsMeanAndCovariance()
    {
        const int Count = 200, Width = 12;
        using var x = Features(Count, Width);
        var columns = Matrix<double>.Build.DenseOfRowMajor(Count, Width, x.data<float>().ToArray().Select(value => (double)value)).EnumerateColumns()
            .Select(column => column.ToArray()).ToArray();

        var found = Statistics(x, Count);

        // Numbers are rounded by up to 2^-32 of the largest in their row, 10,000: 3e-6 in a number, and far less in a mean over 200 of both signs.
        for (var i = 0; i < Width; i++)
        {
            Assert.That(found.Mean[i], Is.EqualTo(columns[i].Mean()).Within(1e-6));
            for (var j = 0; j < Width; j++)
                Assert.That(found.Covariance[i, j], Is.EqualTo(columns[i].Covariance(columns[j])).Within(
                    1e-6 * (1 + columns[i].StandardDeviation() * columns[j].StandardDeviation())), $"{i}, {j}");
        }
    }

    // Whole numbers below 2^20 are represented exactly, so everything is: the mean and covariance are those of exact arithmetic, rounded once.
    [Test]
    public void ToStatistics_OfWholeNumbers_IsExact()
    {
        int[][] rows = [[1_000_001, -7], [1_000_003, 5], [1_000_002, 2], [1_000_004, 1]];
        using var x = tensor(rows.SelectMany(row => row).Select(value => (double)value).ToArray(), [4, 2]);

        var found = Statistics(x, 4);

        Assert.That(found.Mean.ToArray(), Is.EqualTo(new[] { 1_000_002.5, 0.25 }));
        Assert.That(found.Covariance[0, 0], Is.EqualTo(5.0 / 3));
        Assert.That(found.Covariance[0, 1], Is.EqualTo(4.5));
        Assert.That(found.Covariance[1, 1], Is.EqualTo(78.75 / 3));
    }

    [Test]
    public void ToStatistics_DoesNotDependOnOrderAndBatches()
    {
        const int Count = 5000, Width = 40;
        using var x = Features(Count, Width);
        using var order = randperm(Count);
        using var shuffled = x.index_select(0, order);
        var expected = Statistics(x, Count);

        foreach (var other in new[]
            { Statistics(shuffled, Count), Statistics(x, 1, 4096, 903), Statistics(shuffled, [.. Enumerable.Repeat(50, 100)]) })
        {
            Assert.That(other.Mean.ToArray(), Is.EqualTo(expected.Mean.ToArray()));
            Assert.That(other.Covariance.ToColumnMajorArray(), Is.EqualTo(expected.Covariance.ToColumnMajorArray()));
        }
    }

    [Test]
    public void ToStatistics_OfAFeatureThatNeverChanges_HasVarianceZero()
    {
        using var x = full(7, 2, 0.1f);

        Assert.That(Statistics(x, 7).Covariance.Enumerate(), Is.All.Zero);
    }

    [Test]
    public void Add_OfTheLargestAndSmallestNumbers_HasThem()
    {
        using var x = tensor([float.MaxValue, 0, 0, float.Epsilon, -float.MaxValue, 0], [3, 2]);

        var found = Statistics(x, 3);

        Assert.That(found.Mean[1], Is.EqualTo(float.Epsilon / 3.0).Within(1e-6).Percent);
        Assert.That(found.Covariance[0, 0], Is.EqualTo((double)float.MaxValue * float.MaxValue).Within(1e-6).Percent);
    }

    [Test]
    public void Add_LeavesNothing() => Expect.NoLeak(() =>
    {
        using var x = Features(30, 5);
        Statistics(x, 10, 20);
    });

    [Test]
    public void Add_OfWhatAreNoFeatures_IsRefused()
    {
        using var accumulator = new FeatureAccumulator(3);
        using var wide = zeros(2, 4);
        using var whole = zeros(2, 3, ScalarType.Int64);
        using var infinite = full(2, 3, float.PositiveInfinity);
        using var one = zeros(1, 3);

        Assert.That(() => accumulator.Add(wide), Throws.ArgumentException.With.Message.Contains("[N, 3]").And.Message.Contains("[2, 4]"));
        Assert.That(() => accumulator.Add(whole), Throws.ArgumentException.With.Message.Contains("Int64"));
        Assert.That(() => accumulator.Add(infinite), Throws.ArgumentException.With.Message.Contains("finite"));
        accumulator.Add(one);
        Assert.That(() => accumulator.ToStatistics(), Throws.InvalidOperationException.With.Message.Contains("at least 2 images, but are of 1"));
    }
}
