using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Evaluation;

/// <summary>
/// Σ x and Σ x xᵀ of rows whose largest number is of about the same size, as whole numbers: without rounding, so that neither the order of the rows
/// nor how they come in batches changes a bit.
/// </summary>
/// <remarks>
/// A number is rounded once, to a multiple of 2^(exponent - 40), and split into two parts of 20 bits. The products of parts, and their sums over
/// 1,024 rows, are whole numbers below 2^53: a matrix product in float64 has them exactly. Sums over all rows are int64.
/// </remarks>
internal sealed class ExactSums : IDisposable
{
    private const int Bits = 40, HalfBits = Bits / 2, RowsAtOnce = 1024;
    private const double Half = 1 << HalfBits;

    private readonly int exponent;
    private readonly Tensor high, low, highHigh, highLow, lowLow, waiting;
    private long waitingRows;

    /// <param name="width">D.</param>
    /// <param name="exponent">All numbers are below 2^exponent.</param>
    internal ExactSums(int width, int exponent)
    {
        this.exponent = exponent;
        (high, low) = (Zeros(width), Zeros(width));
        (highHigh, highLow, lowLow) = (Zeros(width, width), Zeros(width, width), Zeros(width, width));
        waiting = empty([RowsAtOnce, width], ScalarType.Float64).DetachFromDisposeScope();
    }

    /// <summary>How many rows there may be in all: above, int64 might overflow.</summary>
    internal const long MostRowsInAll = 1 << 22;

    /// <summary>Adds rows.</summary>
    /// <param name="rows">float64 [N, D].</param>
    internal void Add(Tensor rows)
    {
        for (var first = 0L; first < rows.shape[0];)
        {
            var count = Math.Min(RowsAtOnce - waitingRows, rows.shape[0] - first);
            waiting.narrow(0, waitingRows, count).copy_(rows.narrow(0, first, count));
            (first, waitingRows) = (first + count, waitingRows + count);
            if (waitingRows == RowsAtOnce)
                AddWaiting();
        }
    }

    // A product of many rows costs little more than one of few.
    private void AddWaiting()
    {
        if (waitingRows == 0)
            return;
        using var scope = NewDisposeScope();
        var whole = waiting.narrow(0, 0, waitingRows).Times(Math.ScaleB(1, Bits - exponent)).round_();
        var upper = whole.Over(Half).round_();
        var lower = whole.sub_(upper.Times(Half));
        AddTo(high, upper.sum([0]));
        AddTo(low, lower.sum([0]));
        AddTo(highHigh, upper.t().mm(upper));
        AddTo(highLow, upper.t().mm(lower));
        AddTo(lowLow, lower.t().mm(lower));
        waitingRows = 0;
    }

    /// <summary>Σ x, in units of 2^<see cref="Unit"/>.</summary>
    internal BigInteger[] Sum()
    {
        AddWaiting();
        var (upper, lower) = (Numbers(high), Numbers(low));
        return [.. upper.Zip(lower, (h, l) => ((BigInteger)h << HalfBits) + l)];
    }

    /// <summary>Row i of Σ x xᵀ, in units of 2^(2 <see cref="Unit"/>): its first i + 1 numbers.</summary>
    internal Func<int, BigInteger[]> Products()
    {
        AddWaiting();
        var (hh, hl, ll, width) = (Numbers(highHigh), Numbers(highLow), Numbers(lowLow), (int)high.shape[0]);
        return i =>
        {
            var row = new BigInteger[i + 1];
            for (var j = 0; j <= i; j++)
                row[j] = (((Int128)hh[i * width + j] << Bits) + (((Int128)hl[i * width + j] + hl[j * width + i]) << HalfBits) + ll[i * width + j]);
            return row;
        };
    }

    /// <summary>The exponent of what the numbers count.</summary>
    internal int Unit => exponent - Bits;

    public void Dispose()
    {
        foreach (var sum in (Tensor[])[high, low, highHigh, highLow, lowLow, waiting])
            sum.Dispose();
    }

    private static void AddTo(Tensor sum, Tensor part) => sum.PlusInPlace(part.to(ScalarType.Int64));

    private static Tensor Zeros(params long[] size) => zeros(size, ScalarType.Int64).DetachFromDisposeScope();

    private static long[] Numbers(Tensor whole)
    {
        using var values = whole.data<long>();
        return values.ToArray();
    }
}
