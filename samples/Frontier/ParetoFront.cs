namespace Ddpm.Samples;

/// <summary>The ways that one can choose among: whoever takes another gives speed or nearness away for nothing.</summary>
internal static class ParetoFront
{
    // Samplers that ask the network equally often take the same time, and are measured a few percent apart.
    private const double AsFast = 0.95;

    /// <summary>
    /// Marks the points on the front: of the deterministic ones, those than which no other is nearer and as fast, within 5 %. Of those equally near,
    /// the fastest.
    /// </summary>
    public static IReadOnlyList<Point> Mark(IReadOnlyList<Point> points)
    {
        return [.. points.Select(point => point with { IsOnFront = !point.IsStochastic && !points.Any(other => Beats(other, point)) })];

        static bool Beats(Point other, Point point) => !other.IsStochastic && (other.Distance == point.Distance
            ? other.ImagesPerSecond > point.ImagesPerSecond
            : other.Distance < point.Distance && other.ImagesPerSecond >= AsFast * point.ImagesPerSecond);
    }
}
