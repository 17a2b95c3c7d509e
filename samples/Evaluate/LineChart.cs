using System.Globalization;

namespace Ddpm.Samples;

/// <summary>One or two curves as SVG in the page: x from left to right, y from 0 or, logarithmic, from the smallest value.</summary>
internal sealed class LineChart
{
    private const int Width = 440, Height = 250, Left = 52, Right = 12, Top = 28, Bottom = 40;

    /// <summary>What the picture shows, for those who do not see it.</summary>
    public required string Title { get; init; }

    public required string X { get; init; }

    /// <summary>The curves: a name and points in the order of x.</summary>
    public required IReadOnlyList<(string Name, IReadOnlyList<(double X, double Y)> Points)> Curves { get; init; }

    /// <summary>Whether y is logarithmic; what is not above 0 is left out then.</summary>
    public bool IsLogarithmic { get; init; }

    public Html Draw()
    {
        var points = Curves.SelectMany(curve => Usable(curve.Points)).ToArray();
        if (points.Length == 0)
            return new($"<p>There is nothing to draw.</p>");
        var (low, high) = (points.Min(point => point.X), points.Max(point => point.X));
        low = low < high / 3 ? Math.Min(low, 0) : low;
        double[] ticks = IsLogarithmic
            ? Decades(points.Min(point => point.Y), points.Max(point => point.Y))
            : Ticks(points.Max(point => point.Y));
        var html = new Html($"""<svg viewBox="0 0 {Width} {Height}" role="img" aria-label="{Title}">""");
        foreach (var tick in ticks)
            html.Add($"""<path class="axis" d="M{Left} {Down(tick):F1}H{Width - Right}"/><text x="{Left - 6}" y="{Down(tick) + 4:F1}" text-anchor="end">{Short(tick)}</text>""");
        foreach (var tick in Ticks(high - low).Select(tick => low + tick).Where(tick => tick <= high + 1e-9 * (high - low)))
            html.Add($"""<text x="{Across(tick):F1}" y="{Height - Bottom + 16}" text-anchor="middle">{Short(tick)}</text>""");
        html.Add($"""<text x="{(Left + Width - Right) / 2}" y="{Height - 6}" text-anchor="middle">{X}</text>""");
        foreach (var (i, (name, curve)) in Curves.Index())
        {
            var style = i == 0 ? "one" : "two";
            html.Add($"""<path class="{style}" d="{string.Join(' ', Usable(curve).Select(Point))}"/>""");
            html.Add($"""<text class="named-{style}" x="{Left + i * 190}" y="14">{(i == 0 ? "—" : "- -")} {name}</text>""");
        }
        return html.Add($"</svg>");

        double Across(double x) => Left + (x - low) / Math.Max(high - low, 1e-12) * (Width - Left - Right);
        double Down(double y)
        {
            var (bottom, top) = (Scale(ticks[0]), Scale(ticks[^1]));
            return Height - Bottom - (Scale(y) - bottom) / Math.Max(top - bottom, 1e-12) * (Height - Bottom - Top);
        }
        string Point((double X, double Y) point, int i) =>
            string.Create(CultureInfo.InvariantCulture, $"{(i == 0 ? 'M' : 'L')}{Across(point.X):F1} {Down(point.Y):F1}");
    }

    private double Scale(double y) => IsLogarithmic ? Math.Log10(y) : y;

    private IEnumerable<(double X, double Y)> Usable(IEnumerable<(double X, double Y)> points) =>
        points.Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y) && (!IsLogarithmic || point.Y > 0));

    private static double[] Decades(double low, double high)
    {
        var (first, last) = ((int)Math.Floor(Math.Log10(low)), (int)Math.Ceiling(Math.Log10(high)));
        return [.. Enumerable.Range(first, Math.Max(last, first + 1) - first + 1).Select(power => Math.Pow(10, power))];
    }

    // From 0 in four to eight steps of 1, 2 or 5 times a power of ten.
    private static double[] Ticks(double high)
    {
        var rough = Math.Max(high, 1e-12) / 5;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = power * (rough / power < 1.5 ? 1 : rough / power < 3.5 ? 2 : rough / power < 7.5 ? 5 : 10);
        return [.. Enumerable.Range(0, (int)Math.Ceiling(high / step - 1e-9) + 1).Select(i => i * step)];
    }

    private static string Short(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
