using Ddpm.Evaluation;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>
/// The features of a set of images, and their statistics: of all, and of disjoint parts, which tell how much chance there is in them.
/// </summary>
internal sealed class FeatureSet(FeatureFile file, FeatureStatistics statistics, IReadOnlyList<FeatureStatistics> parts) : IDisposable
{
    public int Count => file.Count;

    public FeatureStatistics Statistics { get; } = statistics;

    /// <summary>Image k is in part k modulo their number. Empty where they would take too much memory or too few images.</summary>
    public IReadOnlyList<FeatureStatistics> Parts { get; } = parts;

    /// <summary>float32 [count, D]; the caller owns them.</summary>
    public Tensor Read(int first, int count) => file.Read(first, count);

    /// <summary>So many of them, evenly spread, as sets are often in the order of their classes: all where there are no more.</summary>
    public Tensor Spread(int most)
    {
        if (most >= Count)
            return Read(0, Count);
        const int Block = 4096;
        using var scope = NewDisposeScope();
        var chosen = new List<Tensor>();
        var places = Enumerable.Range(0, most).Select(i => (int)((long)i * Count / most)).ToArray();
        foreach (var block in places.GroupBy(place => place / Block))
        {
            using var rows = Read(block.Key * Block, Math.Min(Block, Count - block.Key * Block));
            chosen.Add(rows.index_select(0, tensor(block.Select(place => (long)(place % Block)).ToArray())));
        }
        return cat(chosen).MoveToOuterDisposeScope();
    }

    public void Dispose() => file.Dispose();
}
