namespace Ddpm.Evaluation;

/// <summary>The rows of a large table of pairs in parts that fit into memory.</summary>
internal static class RowBlocks
{
    // 64 MB of float64.
    private const long MostPairs = 1 << 23;

    internal static IEnumerable<(long First, long Count)> Of(long rows, long columns)
    {
        var size = Math.Max(1, MostPairs / columns);
        for (var first = 0L; first < rows; first += size)
            yield return (first, Math.Min(size, rows - first));
    }
}
