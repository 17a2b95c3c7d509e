using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>
/// How processes share a flat tensor: a slice each, one after the other. Slices begin at multiples of the numbers that vector instructions take at
/// once, so that the arithmetic on a slice has the bits of that on the whole; no two differ by more than as many. Some may be empty.
/// </summary>
internal sealed class FlatSlices
{
    private const int Alignment = 64;

    private readonly int rank;

    /// <param name="length">Numbers of the tensor.</param>
    /// <param name="rank">This process, 0 to <paramref name="size"/> - 1.</param>
    /// <param name="size">Processes.</param>
    internal FlatSlices(long length, int rank, int size)
    {
        this.rank = rank;
        var units = (length + Alignment - 1) / Alignment;
        long End(int of) => Math.Min(units * (of + 1) / size * Alignment, length);
        Counts = [.. Enumerable.Range(0, size).Select(of => End(of) - (of == 0 ? 0 : End(of - 1)))];
    }

    /// <summary>How many numbers the slice of each process has.</summary>
    internal IReadOnlyList<long> Counts { get; }

    /// <summary>This process's slice, as a view.</summary>
    internal Tensor Own(Tensor flat) => flat.narrow(0, Counts.Take(rank).Sum(), Counts[rank]);

    /// <summary>The norm of a whole tensor out of those of its slices.</summary>
    internal Tensor Norm(Tensor flat)
    {
        using var scope = NewDisposeScope();
        return cat([.. flat.split([.. Counts]).Select(slice => slice.norm().view(1))]).norm().MoveToOuterDisposeScope();
    }

    /// <summary>The same, where this process has its own slice alone.</summary>
    /// <param name="own">The slice.</param>
    /// <param name="sum">Sums over all processes.</param>
    internal Tensor Norm(Tensor own, Action<Tensor> sum)
    {
        using var scope = NewDisposeScope();
        // A sum with zeros is exact.
        var norms = zeros(Counts.Count, own.dtype, own.device);
        norms[rank].copy_(own.norm());
        sum(norms);
        return norms.norm().MoveToOuterDisposeScope();
    }
}
