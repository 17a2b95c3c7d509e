namespace Ddpm.Samples;

/// <summary>The ways that one can choose among: whoever takes another gives speed or nearness away for nothing.</summary>
internal static class ParetoFront
{
    /// <summary>
    /// Marks the points on the front: of the deterministic ones, those than which no other is faster without being farther, or nearer without being
    /// slower.
    /// </summary>
    public static IReadOnlyList<Point> Mark(IReadOnlyList<Point> points)
    {
        return [.. points.Select(point => point with { IsOnFront = !point.IsStochastic && !points.Any(other => Beats(other, point)) })];

        static bool Beats(Point other, Point point) => !other.IsStochastic
            && other.ImagesPerSecond >= point.ImagesPerSecond && other.Distance <= point.Distance
            && (other.ImagesPerSecond > point.ImagesPerSecond || other.Distance < point.Distance);
    }
}
