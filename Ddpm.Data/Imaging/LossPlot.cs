using System.Globalization;

namespace Ddpm;

/// <summary>The loss over the steps, as a picture with axes, numbers and a legend.</summary>
public static class LossPlot
{
    private const int Height = 480, Width = 800, Left = 100, Right = 24, Top = 24, Bottom = 64;
    private static readonly double[] Rounds = [1, 2, 5, 10], Digits = [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9], FewDigits = [1, 2, 5];
    private static readonly (byte, byte, byte) Ink = (60, 60, 60), Faint = (225, 225, 225);
    private static readonly (byte, byte, byte)[] Colours = [(31, 119, 180), (214, 39, 40), (44, 160, 44), (148, 103, 189)];

    /// <summary>Draws one or several series; the loss on a logarithmic scale, as it falls by orders of magnitude.</summary>
    /// <param name="series">At most four, whose values are above 0; others are left out.</param>
    /// <returns>800 x 480 pixels.</returns>
    public static Picture Draw(IReadOnlyList<PlotSeries> series)
    {
        ArgumentNullException.ThrowIfNull(series);
        if (series.Count is 0 or > 4)
            throw new ArgumentException($"There must be 1..4 series, but there are {series.Count}.", nameof(series));
        var lines = series.Select(line => line.Points.Where(point => point.Value > 0 && double.IsFinite(point.Value)).ToArray()).ToArray();
        var points = lines.SelectMany(line => line).DefaultIfEmpty((1, 1)).ToArray();
        var (firstStep, lastStep) = (0.0, Math.Max(points.Max(point => point.Step), 1));
        var (low, high) = (Math.Log10(points.Min(point => point.Value)), Math.Log10(points.Max(point => point.Value)));
        (low, high) = (low - 0.05 * Math.Max(high - low, 0.1), high + 0.05 * Math.Max(high - low, 0.1));

        var canvas = new Canvas(Height, Width);
        double X(double step) => Left + (step - firstStep) / (lastStep - firstStep) * (Width - Left - Right);
        double Y(double value) => Top + (high - Math.Log10(value)) / (high - low) * (Height - Top - Bottom);
        foreach (var value in LogarithmicTicks(low, high))
        {
            canvas.Line((Left, Y(value)), (Width - Right, Y(value)), 1, Faint);
            var label = value.ToString("0.####", CultureInfo.InvariantCulture);
            canvas.Text(Left - 10 - Canvas.TextWidth(label), (int)Y(value) - 7, label, Ink);
        }
        foreach (var step in LinearTicks(lastStep))
        {
            canvas.Line((X(step), Top), (X(step), Height - Bottom), 1, Faint);
            var label = step.ToString("0.###", CultureInfo.InvariantCulture);
            canvas.Text((int)Math.Min(X(step) - Canvas.TextWidth(label) / 2, Width - Canvas.TextWidth(label)), Height - Bottom + 10, label, Ink);
        }
        canvas.Line((Left, Top), (Left, Height - Bottom), 2, Ink);
        canvas.Line((Left, Height - Bottom), (Width - Right, Height - Bottom), 2, Ink);
        canvas.Text((Left + Width - Right - Canvas.TextWidth("step")) / 2, Height - 24, "step", Ink);
        canvas.Text(8, 8, "loss", Ink);

        for (var i = 0; i < series.Count; i++)
        {
            var line = Thin(lines[i]);
            for (var k = 1; k < line.Length; k++)
                canvas.Line((X(line[k - 1].Step), Y(line[k - 1].Value)), (X(line[k].Step), Y(line[k].Value)), 2, Colours[i]);
            var left = Width - Right - 20 - series.Max(one => Canvas.TextWidth(one.Name));
            canvas.Line((left - 34, Top + 17 + 24 * i), (left - 10, Top + 17 + 24 * i), 3, Colours[i]);
            canvas.Text(left, Top + 10 + 24 * i, series[i].Name, Ink);
        }
        return canvas.ToPicture();
    }

    // More points than columns say nothing more.
    private static (double Step, double Value)[] Thin((double Step, double Value)[] points)
    {
        var every = Math.Max(1, points.Length / Width);
        return [.. points.Where((_, i) => i % every == 0 || i == points.Length - 1)];
    }

    private static IEnumerable<double> LinearTicks(double last)
    {
        var unit = Math.Pow(10, Math.Floor(Math.Log10(last / 4)));
        var step = unit * Rounds.First(factor => last / (unit * factor) <= 8);
        for (var i = 0; i * step <= last * 1.0001; i++)
            yield return i * step;
    }

    // 1, 2, 5 of every decade; all digits where less than a decade is shown.
    private static IEnumerable<double> LogarithmicTicks(double low, double high)
    {
        var digits = high - low > 1 ? FewDigits : Digits;
        for (var decade = Math.Floor(low); decade <= high; decade++)
            foreach (var digit in digits)
                if (Math.Log10(digit) + decade is var place && place >= low && place <= high)
                    yield return digit * Math.Pow(10, decade);
    }
}
