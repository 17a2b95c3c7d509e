using ScottPlot;

namespace Ddpm.Samples;

/// <summary>How far each deterministic sampler is from where the process leads, by the evaluations of the network, both logarithmic.</summary>
internal static class Curves
{
    private const int Width = 1000, Height = 640;

    /// <summary>Draws and writes them, the first entry being what the others are compared with.</summary>
    /// <returns>Why not; null: they are drawn.</returns>
    public static string? Save(IReadOnlyList<Entry> entries, string path)
    {
        var lines = entries.Skip(1).Where(IsDrawn).GroupBy(entry => entry.Sampler).Where(line => line.Count() > 1).ToArray();
        if (lines.Length == 0)
            return "no deterministic sampler has two numbers of steps.";
        if (PlotFont.Name is not { } font)
            return "SkiaSharp finds no font on this machine.";
        using var plot = new Plot();
        var palette = new ScottPlot.Palettes.Category20();
        foreach (var (i, line) in lines.Index())
        {
            var points = line.OrderBy(entry => entry.Evaluations).ToArray();
            var curve = plot.Add.Scatter(
                [.. points.Select(entry => Math.Log10(entry.Evaluations))], (double[])[.. points.Select(entry => Math.Log10(entry.Distance))],
                palette.GetColor(i));
            (curve.LegendText, curve.LineWidth) = (line.Key, 2);
            // The palette begins anew.
            curve.LinePattern = i < palette.Count() ? LinePattern.Solid : LinePattern.Dashed;
        }
        plot.Title("Distance from DDIM over the whole process");
        plot.XLabel("evaluations of the network");
        plot.YLabel("root mean square of the difference");
        plot.Axes.Bottom.TickGenerator = LogarithmicTicks.Of(lines.SelectMany(line => line).Select(entry => (double)entry.Evaluations));
        plot.Axes.Left.TickGenerator = LogarithmicTicks.Of(lines.SelectMany(line => line).Select(entry => entry.Distance));
        plot.ShowLegend(Edge.Right);
        plot.Font.Set(font);
        plot.Legend.FontName = font;
        plot.SavePng(path, Width, Height);
        return null;
    }

    private static bool IsDrawn(Entry entry) => entry is { Reason: null, IsStochastic: false, Evaluations: > 0, Distance: > 0 };
}
