namespace Ddpm.Samples;

/// <summary>The share of numbers below x, as points of a curve: it shows whole distributions side by side, and needs no bins.</summary>
internal static class DistanceCurve
{
    private const int MostPoints = 200;

    public static IReadOnlyList<(double X, double Y)> Of(IReadOnlyList<double> numbers)
    {
        double[] sorted = [.. numbers.Order()];
        var points = Math.Min(MostPoints, sorted.Length);
        return [.. Enumerable.Range(1, points).Select(i => (int)((long)i * sorted.Length / points) - 1)
            .Select(i => (sorted[i], 100.0 * (i + 1) / sorted.Length))];
    }
}
