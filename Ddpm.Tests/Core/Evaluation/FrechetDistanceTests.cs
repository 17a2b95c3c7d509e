using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Statistics;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Evaluation;

/// <summary>The distance against closed forms, against MathNet's eigenvalues, and what two draws of one distribution are apart.</summary>
public class FrechetDistanceTests
{
    private static Tensor Normal(ulong seed, int count, int width)
    {
        using var generator = new Generator(seed);
        return randn([count, width], ScalarType.Float64, CPU, generator: generator);
    }

    private static FeatureStatistics Diagonal(double mean, params double[] variances) => new(
        null, Vector<double>.Build.Dense(variances.Length, mean), Matrix<double>.Build.DenseOfDiagonalArray(variances));

    [Test]
    public void Between_OfDiagonalCovariances_IsTheClosedForm()
    {
        var found = FrechetDistance.Between(Diagonal(0, 1, 4, 9), Diagonal(2, 4, 4, 0));

        // Σ (μ_a - μ_b)² + Σ (σ_a - σ_b)².
        Assert.That(found.MeanPart, Is.EqualTo(12).Within(1e-12));
        Assert.That(found.CovariancePart, Is.EqualTo(1 + 0 + 9).Within(1e-12));
        Assert.That(found.Value, Is.EqualTo(22).Within(1e-12));
        Assert.That(found.Bias, Is.Null);
    }

    // The eigenvalues of Σ_a Σ_b, which is similar to a symmetric matrix, by another library.
    [Test]
    public void Between_OfRandomCovariances_IsThatOfTheProductsEigenvalues()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (Normal(1, 100, 20).mm(Normal(2, 20, 20)), Normal(3, 90, 20).mm(Normal(4, 20, 20)) + 1);
        var (a, b) = (Of(x), Of(y));
        var roots = (a.Covariance * b.Covariance).Evd().EigenValues.Select(value => Math.Sqrt(value.Real)).Sum();
        var expected = (a.Mean - b.Mean).L2Norm() is var δ ? δ * δ + a.Covariance.Trace() + b.Covariance.Trace() - 2 * roots : 0;

        Assert.That(FrechetDistance.Between(a, b).Value, Is.EqualTo(expected).Within(1e-10 * expected));
        Assert.That(FrechetDistance.Between(b, a).Value, Is.EqualTo(expected).Within(1e-10 * expected), "symmetric");
    }

    [TestCase(500, 64)]
    [TestCase(40, 64, Description = "A singular covariance.")]
    [TestCase(300, 200)]
    public void Between_OfASetAndItself_IsZero(int count, int width)
    {
        using var x = Normal(1, count, width);
        using var scaled = (x * 30).to(ScalarType.Float32);

        Assert.That(FrechetDistance.Between(scaled, scaled).Value, Is.Zero.Within(1e-6));
    }

    // Far below the tolerance of others: rank 39 of 64, moved by a constant.
    [Test]
    public void Between_OfASingularSetMoved_IsTheSquareOfTheMove()
    {
        using var x = Normal(1, 40, 64);
        using var moved = x + 0.5;

        Assert.That(FrechetDistance.Between(x, moved).Value, Is.EqualTo(16).Within(1e-6));
    }

    [Test]
    public void Between_InAnyOrder_HasTheSameBits()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (Normal(1, 300, 32).to(ScalarType.Float32), Normal(2, 300, 32).to(ScalarType.Float32) * 1.2);
        var expected = FrechetDistance.Between(x, y);

        Assert.That(FrechetDistance.Between(x.flip(0), y.index_select(0, randperm(300))), Is.EqualTo(expected));
    }

    // Two draws of one normal distribution whose axes differ a hundredfold: the mean of 200 distances within 4 standard errors of what is foretold.
    [TestCase(2000, Category = "Slow")]
    [TestCase(500)]
    public void Bias_IsWhatTwoDrawsAreApart(int count)
    {
        using var scope = NewDisposeScope();
        var axes = logspace(-1, 1, 10, dtype: ScalarType.Float64);
        var results = Enumerable.Range(0, 200)
            .Select(i => FrechetDistance.Between(Normal((ulong)(2 * i), count, 10) * axes, Normal((ulong)(2 * i + 1), count, 10) * axes)).ToArray();

        var (mean, deviation) = results.Select(result => result.Value).MeanStandardDeviation();
        var error = deviation / Math.Sqrt(results.Length);

        Assert.That(error, Is.LessThan(0.07 * mean));
        Assert.That(results.Average(result => result.Bias!.Value), Is.EqualTo(mean).Within(4 * error));
    }

    // The bias is foretold to first order in 1/N, with 5 images a feature. Measured: 13 seconds on two cores of an AMD EPYC (Zen 4).
    [Test, Category("Slow")]
    public void Between_Of2048FeaturesOf10000Images_TakesLessThan90Seconds()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (Normal(1, 10_000, 2048).abs(), Normal(2, 10_000, 2048).abs());
        var clock = System.Diagnostics.Stopwatch.StartNew();

        var found = FrechetDistance.Between(x, y);

        Assert.That(found.Value, Is.EqualTo(found.Bias).Within(15).Percent);
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(90)));
    }

    [Test]
    public void Between_OfOtherFeatures_IsRefused()
    {
        FeatureStatistics In(string space) =>
            new(10, Vector<double>.Build.Dense(2), Matrix<double>.Build.DenseIdentity(2), new() { Space = new(space, 2) });

        Assert.That(() => FrechetDistance.Between(Diagonal(0, 1), Diagonal(0, 1, 1)), Throws.ArgumentException.With.Message.Contains("1 and 2"));
        Assert.That(() => FrechetDistance.Between(In("one"), In("other")),
            Throws.ArgumentException.With.Message.Contains("one").And.Message.Contains("other"));
        Assert.That(FrechetDistance.Between(In("one"), In("one")).Value, Is.Zero);
    }

    [Test]
    public void Statistics_ThatAreNone_AreRefused()
    {
        var mean = Vector<double>.Build.Dense(2);
        Matrix<double> Covariance(double a, double b, double c, double d) => Matrix<double>.Build.DenseOfRowMajor(2, 2, [a, b, c, d]);

        Assert.That(() => new FeatureStatistics(5, mean, Matrix<double>.Build.Dense(2, 3)), Throws.ArgumentException.With.Message.Contains("2 x 3"));
        Assert.That(() => new FeatureStatistics(5, mean, Covariance(1, 0, 1, 1)), Throws.ArgumentException.With.Message.Contains("symmetric"));
        Assert.That(() => new FeatureStatistics(5, mean, Covariance(-1, 0, 0, 1)), Throws.ArgumentException.With.Message.Contains("feature 0 is -1"));
        Assert.That(() => new FeatureStatistics(5, mean, Covariance(1, 0, 0, double.NaN)), Throws.ArgumentException.With.Message.Contains("feature 1"));
        Assert.That(() => new FeatureStatistics(5, mean + double.PositiveInfinity, Covariance(1, 0, 0, 1)),
            Throws.ArgumentException.With.Message.Contains("feature 0"));
        Assert.That(() => new FeatureStatistics(0, mean, Covariance(1, 0, 0, 1)), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Between_LeavesNothing() => Expect.NoLeak(() =>
    {
        using var x = Normal(1, 30, 5);
        FrechetDistance.Between(x, x);
    });

    private static FeatureStatistics Of(Tensor x)
    {
        using var accumulator = new FeatureAccumulator((int)x.shape[1]);
        accumulator.Add(x);
        return accumulator.ToStatistics();
    }
}
