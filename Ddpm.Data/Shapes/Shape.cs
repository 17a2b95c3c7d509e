namespace Ddpm;

/// <summary>A circle, a square or a triangle that stands on its base.</summary>
/// <param name="Kind">Which of them.</param>
/// <param name="X">The middle, in pixels from the left edge of the image.</param>
/// <param name="Y">The middle, in pixels from the upper edge.</param>
/// <param name="Radius">Half of its width, in pixels.</param>
internal readonly record struct Shape(ShapeKind Kind, double X, double Y, double Radius)
{
    /// <summary>Points of a pixel that are asked whether they are covered.</summary>
    internal const int Points = Edge * Edge;

    private const int Edge = 8;

    // √3/2: half of the height of an equilateral triangle in units of half of its base.
    private const double TriangleHeight = 0.8660254037844386;

    /// <summary>How much of the pixel in a column and a row it covers: 0 to <see cref="Points"/>.</summary>
    internal int Coverage(int column, int row)
    {
        if (Math.Abs(column + 0.5 - X) > Radius + 0.5 || Math.Abs(row + 0.5 - Y) > Radius + 0.5)
            return 0;
        var covered = 0;
        for (var i = 0; i < Points; i++)
            if (Contains(column + (i % Edge + 0.5) / Edge - X, row + (i / Edge + 0.5) / Edge - Y))
                covered++;
        return covered;
    }

    // From its middle; rows count downwards.
    private bool Contains(double x, double y) => Kind switch
    {
        ShapeKind.Circle => x * x + y * y <= Radius * Radius,
        ShapeKind.Square => Math.Abs(x) <= Radius && Math.Abs(y) <= Radius,
        _ => y <= TriangleHeight * Radius && 2 * TriangleHeight * Math.Abs(x) <= y + TriangleHeight * Radius,
    };
}
