using ScottPlot;

namespace Ddpm.Samples;

/// <summary>Images a second against the distance, both logarithmic: a curve a sampler and precision, and the front.</summary>
internal static class FrontierPlot
{
    private const int Width = 1100, Height = 680;

    /// <returns>Why it cannot be drawn; null: it is.</returns>
    public static string? Save(IReadOnlyList<Point> points, string path)
    {
        Point[] shown = [.. points.Where(point => point is { IsStochastic: false, Distance: > 0 })];
        if (shown.Length == 0)
            return "no deterministic sampler was asked for.";
        if (PlotFont.Name is not { } font)
            return "SkiaSharp finds no font on this machine.";
        using var plot = new Plot();
        var palette = new ScottPlot.Palettes.Category10();
        Point[] front = [.. shown.Where(point => point.IsOnFront).OrderBy(point => point.ImagesPerSecond)];
        var line = Add(plot, front, Colors.Black.WithAlpha(.18));
        (line.LegendText, line.LineWidth, line.MarkerSize) = ("the front", 12, 16);
        string[] samplers = [.. shown.Select(point => point.Sampler).Distinct()];
        foreach (var group in shown.GroupBy(point => (point.Sampler, point.Precision)))
        {
            var curve = Add(plot, group.OrderBy(point => point.Steps), palette.GetColor(Array.IndexOf(samplers, group.Key.Sampler)));
            (curve.LegendText, curve.LineWidth, curve.MarkerSize) = ($"{group.Key.Sampler}, {group.Key.Precision}", 2, 7);
            if (group.Key.Precision == "bfloat16")
                (curve.LinePattern, curve.MarkerShape) = (LinePattern.Dashed, MarkerShape.OpenCircle);
        }
        plot.Title("Speed and distance from DDIM over the whole process");
        plot.XLabel("images a second");
        plot.YLabel("root mean square of the difference");
        plot.Axes.Bottom.TickGenerator = LogarithmicTicks.Of(shown.Select(point => point.ImagesPerSecond));
        plot.Axes.Left.TickGenerator = LogarithmicTicks.Of(shown.Select(point => point.Distance));
        plot.ShowLegend(Edge.Right);
        plot.Font.Set(font);
        plot.Legend.FontName = font;
        plot.SavePng(path, Width, Height);
        return null;
    }

    private static ScottPlot.Plottables.Scatter Add(Plot plot, IEnumerable<Point> points, Color color) => plot.Add.Scatter(
        [.. points.Select(point => Math.Log10(point.ImagesPerSecond))], (double[])[.. points.Select(point => Math.Log10(point.Distance))], color);
}
