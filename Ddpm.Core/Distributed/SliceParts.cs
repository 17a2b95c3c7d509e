using static TorchSharp.torch;

namespace Ddpm.Distributed;

/// <summary>
/// Numbers of which each process has a slice, in parts that MPI can count: each has a piece of every slice, one after the other.
/// </summary>
internal static class SliceParts
{
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
