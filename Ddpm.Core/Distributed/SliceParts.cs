using static TorchSharp.torch;

namespace Ddpm.Distributed;

/// <summary>
/// Numbers of which each process has a slice, in parts that MPI can count: each has a piece of every slice, one after the other.
/// </summary>
internal static class SliceParts
{
    /// <exception cref="ArgumentException">The numbers are not contiguous.</exception>
    internal static void Check(Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (!values.is_contiguous())
            throw new ArgumentException("The numbers must be contiguous.", nameof(values));
    }

    /// <exception cref="ArgumentException">The numbers are of another type than float32 and float64, or not contiguous; or the slices are not all of
    /// them.</exception>
    internal static void Check(Tensor values, IReadOnlyList<long> counts, int size)
    {
        Check(values);
        ArgumentNullException.ThrowIfNull(counts);
        if (values.dtype is not (ScalarType.Float32 or ScalarType.Float64))
            throw new ArgumentException($"The numbers must be float32 or float64, but are {values.dtype}.", nameof(values));
        if (counts.Count != size || counts.Any(count => count < 0) || counts.Sum() != values.NumberOfElements)
            throw new ArgumentException(
                $"There must be a slice of each of {size} processes, {values.NumberOfElements} numbers together, but they have "
                + $"({string.Join("; ", counts)}).", nameof(counts));
    }

    /// <summary>The parts in their order.</summary>
    /// <param name="counts">Of the slices.</param>
    /// <param name="most">Numbers of a part, at least as many as there are slices.</param>
    /// <returns>Where each piece begins, and how many numbers it has.</returns>
    internal static IEnumerable<(long First, int Count)[]> Of(IReadOnlyList<long> counts, int most)
    {
        var longest = most / counts.Count;
        for (long begin = 0; begin < counts.Max(); begin += longest)
        {
            var (pieces, first) = (new (long, int)[counts.Count], 0L);
            for (var i = 0; i < pieces.Length; i++)
            {
                var at = Math.Min(begin, counts[i]);
                pieces[i] = (first + at, (int)Math.Min(longest, counts[i] - at));
                first += counts[i];
            }
            yield return pieces;
        }
    }

    /// <summary>A part's numbers, which lie together: the whole tensor itself, if it is one part; else a copy in the caller's dispose scope.</summary>
    internal static Tensor Take(Tensor values, (long First, int Count)[] pieces) =>
        pieces.Sum(piece => (long)piece.Count) == values.NumberOfElements
            ? values
            : cat([.. pieces.Select(piece => values.narrow(0, piece.First, piece.Count))]);

    /// <summary>Puts a part's numbers back; nothing where they are the whole tensor itself.</summary>
    internal static void PutBack(Tensor part, Tensor values, (long First, int Count)[] pieces)
    {
        if (ReferenceEquals(part, values))
            return;
        foreach (var (piece, numbers) in pieces.Zip(part.split([.. pieces.Select(piece => (long)piece.Count)])))
            values.narrow(0, piece.First, piece.Count).copy_(numbers);
    }
}
