namespace Ddpm;

/// <summary>How much of a pixel a shape covers, by 8 x 8 points in it.</summary>
internal static class Shape
{
    private const int Points = 8;

    /// <param name="kind">The outline.</param>
    /// <param name="x">The pixel's left edge, from the shape's centre.</param>
    /// <param name="y">The pixel's upper edge, from the shape's centre; down is positive.</param>
    /// <param name="radius">The circle's radius; half the height of the others.</param>
    /// <returns>0 to 1.</returns>
    internal static double Coverage(ShapeKind kind, double x, double y, double radius)
    {
        var inside = 0;
        for (var i = 0; i < Points * Points; i++)
            inside += Contains(kind, x + (i % Points + 0.5) / Points, y + (i / Points + 0.5) / Points, radius) ? 1 : 0;
        return (double)inside / (Points * Points);
    }

    private static bool Contains(ShapeKind kind, double x, double y, double radius) => kind switch
    {
        ShapeKind.Circle => x * x + y * y <= radius * radius,
        ShapeKind.Square => Math.Max(Math.Abs(x), Math.Abs(y)) <= 0.88 * radius,        // about the circle's area
        _ => Math.Abs(y) <= radius && Math.Abs(x) <= (y + radius) / 2,                    // point up
    };
}
