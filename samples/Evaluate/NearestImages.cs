using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>The nearest of many images to each of some: exact, in float64, over blocks, so that memory does not grow with their number.</summary>
internal static class NearestImages
{
    private const int BlockBytes = 1 << 26;

    /// <summary>Looks through a set.</summary>
    /// <param name="queries">[Q, D] of any type; it stays the caller's.</param>
    /// <param name="block">[count, D] of any type from a first image on: first, count. It is freed here.</param>
    /// <param name="count">How many images the set has, at least 1.</param>
    /// <param name="neighbours">How many of them, at least 1; all where there are fewer.</param>
    /// <param name="stop">Looked at between blocks.</param>
    /// <param name="blockSize">Images looked at at once; null: as many as take 64 MB.</param>
    /// <returns>A row a query, the nearest first.</returns>
    public static Neighbour[][] Find(
        Tensor queries, Func<int, int, Tensor> block, int count, int neighbours, CancellationToken stop, int? blockSize = null)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var asked = queries.to(ScalarType.Float64);
        // What libtorch reads is held here: a collection would free the number of "x * -2" (docs/extending.md).
        using Scalar one = 1, minusTwo = -2;
        var norms = (asked * asked).sum(1, keepdim: true);
        var best = new List<Neighbour>[asked.shape[0]];
        for (var i = 0; i < best.Length; i++)
            best[i] = [];
        var size = blockSize ?? (int)Math.Clamp(BlockBytes / (sizeof(double) * Math.Max(asked.shape[0], asked.shape[1])), 1, count);
        for (var first = 0; first < count; first += size)
        {
            stop.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            using var raw = block(first, Math.Min(size, count - first));
            var theirs = raw.to(ScalarType.Float64);
            var squares = asked.mm(theirs.t()).mul_(minusTwo).add_(norms, one).add_((theirs * theirs).sum(1), one);
            var columns = (int)Math.Min(neighbours, theirs.shape[0]);
            var indices = squares.topk(columns, dim: 1, largest: false).indexes.contiguous();
            // Once more by differences: of equal images exactly 0.
            var apart = theirs.index_select(0, indices.flatten()).view(asked.shape[0], columns, -1) - asked.unsqueeze(1);
            var exact = (apart * apart).sum(2).sqrt();
            var (near, which) = (exact.contiguous().data<double>().ToArray(), indices.data<long>().ToArray());
            for (var i = 0; i < near.Length; i++)
                best[i / columns].Add(new(first + (int)which[i], near[i]));
            for (var i = 0; i < best.Length; i++)
                best[i] = [.. best[i].OrderBy(each => each.Distance).ThenBy(each => each.Index).Take(neighbours)];
        }
        return [.. best.Select(each => each.ToArray())];
    }

    /// <summary>The nearest by pixels: the distance is the root mean square of the differences of the bytes, 0 to 255.</summary>
    public static Neighbour[][] ByPixels(
        IImageDataset queries, IReadOnlyList<int> which, IImageDataset images, int neighbours, CancellationToken stop)
    {
        using var raw = ImageBatches.One(queries, [.. which]);
        using var asked = raw.flatten(1);
        var found = Find(asked, (first, count) =>
        {
            using var block = ImageBatches.One(images, [.. Enumerable.Range(first, count)]);
            return block.flatten(1).clone();
        }, images.Count, neighbours, stop);
        var root = Math.Sqrt(images.Shape.Values);
        return [.. found.Select(row => row.Select(each => each with { Distance = each.Distance / root }).ToArray())];
    }
}
