using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Evaluation;

/// <summary>Features as the metrics take them.</summary>
internal static class FeatureBatch
{
    /// <summary>Checks features and makes them float64 on the CPU, in the order given.</summary>
    /// <param name="features">[N, D].</param>
    /// <param name="argument">The argument's name.</param>
    /// <param name="least">The least N.</param>
    /// <param name="width">D, where it is known.</param>
    /// <returns>float64 [N, D] on the CPU, dense; the caller's dispose scope owns it, or it is the caller's own tensor.</returns>
    /// <exception cref="ArgumentException">They are not.</exception>
    internal static Tensor Check(Tensor features, string argument, int least = 1, int? width = null)
    {
        ArgumentNullException.ThrowIfNull(features, argument);
        var shape = features.shape;
        if (shape.Length != 2 || shape[0] < least || shape[1] < 1 || (width is { } known && shape[1] != known) || !features.is_floating_point())
            throw new ArgumentException(
                $"Features must be [N, {(width is { } d ? $"{d}" : "D")}] of floating-point numbers, N at least {least}, "
                + $"but are [{string.Join(", ", shape)}] of {features.dtype}.", argument);
        var numbers = features.detach().to(ScalarType.Float64, CPU).contiguous();
        if (!numbers.isfinite().all().item<bool>())
            throw new ArgumentException("Features must be finite, but some are not.", argument);
        return numbers;
    }

    /// <summary>
    /// The same rows in the one order that does not depend on the order given: by the first feature, of equals by the second, and so on. What is
    /// computed of them has the same bits then, however the images were numbered.
    /// </summary>
    /// <param name="numbers">float64 [N, D], dense, on the CPU.</param>
    internal static Tensor Ordered(Tensor numbers)
    {
        var (count, width) = ((int)numbers.shape[0], (int)numbers.shape[1]);
        using var values = numbers.data<double>();
        var all = values.ToArray();
        var rows = Enumerable.Range(0, count).ToArray();
        Array.Sort(rows, (a, b) => Row(a).SequenceCompareTo(Row(b)));
        return numbers.index_select(0, tensor(rows, ScalarType.Int64));

        ReadOnlySpan<double> Row(int row) => all.AsSpan(row * width, width);
    }
}
