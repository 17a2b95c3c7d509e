namespace Ddpm.Imaging;

/// <summary>Millions of points cost no more than the columns of pixels that show them.</summary>
internal static class PlotThinning
{
    /// <summary>Of each run of points in one column of pixels: the first, the highest, the lowest and the last.</summary>
    internal static IReadOnlyList<(double X, double Y)> Thin(IReadOnlyList<(double X, double Y)> points)
    {
        var kept = new List<(double X, double Y)>();
        for (int start = 0, end; start < points.Count; start = end)
        {
            var (low, high) = (start, start);
            for (end = start + 1; end < points.Count && Math.Floor(points[end].X) == Math.Floor(points[start].X); end++)
            {
                low = points[end].Y < points[low].Y ? end : low;
                high = points[end].Y > points[high].Y ? end : high;
            }
            kept.AddRange(new SortedSet<int> { start, low, high, end - 1 }.Select(i => points[i]));
        }
        return kept;
    }
}
