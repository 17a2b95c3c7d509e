using System.Numerics;
using MathNet.Numerics.LinearAlgebra.Double;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Evaluation;

/// <summary>
/// Mean and covariance of features that come batch by batch and are not kept. The sums are exact: the order of the images and the sizes of the
/// batches do not change a bit of the result. Memory: 24 D² + 8,192 D bytes, 117 MB for 2,048 features, for
/// each factor of 256 over which the images' largest numbers are spread; most sets need that once or twice. For one thread at a time.
/// </summary>
/// <remarks>
/// Each number is rounded by at most 2^-32 of the image's largest one, where float32 has rounded that one by up to 2^-25.
/// </remarks>
public sealed class FeatureAccumulator : IDisposable
{
    // Images whose largest numbers differ by no more than this share sums.
    private const int ExponentStep = 8;

    private readonly SortedDictionary<int, ExactSums> sums = [];
    private readonly int width;
    private bool isDisposed;

    /// <param name="width">D, the number of features, at least 1.</param>
    public FeatureAccumulator(int width) => this.width = RuleArgument.Check(width >= 1, nameof(width), width, "at least 1");

    /// <summary>N so far.</summary>
    public long Count { get; private set; }

    /// <summary>Adds images.</summary>
    /// <param name="features">float32 or float64 [N, D], on any device; they stay the caller's.</param>
    /// <exception cref="ArgumentException">They are not [N, D], or not all finite.</exception>
    /// <exception cref="InvalidOperationException">There would be more than 4,194,304 images.</exception>
    public void Add(Tensor features)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var rows = FeatureBatch.Check(features, nameof(features), width: width);
        if (Count + rows.shape[0] > ExactSums.MostRowsInAll)
            throw new InvalidOperationException(
                $"Statistics must be of at most {ExactSums.MostRowsInAll} images, but would be of {Count + rows.shape[0]}.");
        foreach (var (exponent, which) in Exponents(rows))
        {
            if (!sums.TryGetValue(exponent, out var sum))
                sums.Add(exponent, sum = new ExactSums(width, exponent));
            sum.Add(which.Length == rows.shape[0] ? rows : rows.index_select(0, tensor(which)));
        }
        Count += rows.shape[0];
    }

    /// <summary>The statistics so far; more images can be added afterwards.</summary>
    /// <param name="origin">What they are made from; null: not said.</param>
    /// <exception cref="InvalidOperationException">There are fewer than 2 images, so that there is no covariance.</exception>
    public FeatureStatistics ToStatistics(StatisticsOrigin? origin = null)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (Count < 2)
            throw new InvalidOperationException($"Statistics must be of at least 2 images, but are of {Count}.");
        // All sums in the smallest of their units: whole numbers still.
        var unit = sums.Values.First().Unit;
        BigInteger count = Count, pairs = count * (count - 1);
        var total = new BigInteger[width];
        foreach (var sum in sums.Values)
            foreach (var (i, number) in sum.Sum().Index())
                total[i] += number << (sum.Unit - unit);
        var products = sums.Values.Select(sum => (Row: sum.Products(), Shift: 2 * (sum.Unit - unit))).ToArray();
        var covariance = new DenseMatrix(width);
        Parallel.For(0, width, i =>
        {
            var row = new BigInteger[i + 1];
            foreach (var (of, shift) in products)
                foreach (var (j, number) in of(i).Index())
                    row[j] += number << shift;
            for (var j = 0; j <= i; j++)
                covariance[i, j] = covariance[j, i] = Quotient(count * row[j] - total[i] * total[j], pairs, 2 * unit);
        });
        return new(Count, DenseVector.Create(width, i => Quotient(total[i], count, unit)), covariance, origin);
    }

    /// <summary>Frees the sums.</summary>
    public void Dispose()
    {
        isDisposed = true;
        foreach (var sum in sums.Values)
            sum.Dispose();
        sums.Clear();
    }

    // Which rows are below 2^exponent, the exponents being multiples of the step. A row of zeros adds nothing wherever it is.
    private static (int Exponent, long[] Rows)[] Exponents(Tensor rows)
    {
        using var largest = rows.abs().amax([1]);
        using var values = largest.data<double>();
        return values.ToArray().Index()
            .GroupBy(row => row.Item == 0 ? 0 : (int)Math.Ceiling((Math.ILogB(row.Item) + 1.0) / ExponentStep) * ExponentStep, row => (long)row.Index)
            .Select(group => (group.Key, group.ToArray())).ToArray();
    }

    // 62 bits of the quotient, which rounding to double makes 53.
    private static double Quotient(BigInteger numerator, BigInteger denominator, int unit)
    {
        var magnitude = BigInteger.Abs(numerator);
        var shift = (int)(62 - (magnitude.GetBitLength() - denominator.GetBitLength()));
        var quotient = (double)(long)(shift >= 0 ? (magnitude << shift) / denominator : magnitude / (denominator << -shift));
        return Math.ScaleB(numerator.Sign * quotient, unit - shift);
    }
}
