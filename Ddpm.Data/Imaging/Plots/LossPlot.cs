namespace Ddpm.Imaging;

/// <summary>A plot of losses, or of anything else, by step. It needs no fonts and no display.</summary>
internal static class LossPlot
{
    private const int Left = 92, Right = 28, Top = 72, Bottom = 66, TextHeight = 14, SparsePoints = 40;
    private const int Ink = 0x333333, Frame = 0x888888, GridLine = 0xE4E4E4, White = 0xFFFFFF;
    private static readonly int[] Colours = [0x1F77B4, 0xE6660B, 0x2C9A2C, 0xC92A2A, 0x8A5CC0, 0x7A5648];

    /// <summary>Draws lines over common axes.</summary>
    /// <param name="series">At least one; with several there is a legend. A series of few points shows them as dots.</param>
    /// <param name="options">Titles, scale and size.</param>
    /// <exception cref="ArgumentException">There is no series, no point with finite step and value, or the size is out of range.</exception>
    internal static Picture Draw(IReadOnlyList<PlotSeries> series, PlotOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(series);
        options ??= new();
        if (options.Width is < 320 or > 8192 || options.Height is < 240 or > 8192)
            throw new ArgumentException(
                $"A plot has 320..8192 x 240..8192 pixels, but the options ask for {options.Width} x {options.Height}.", nameof(options));
        var canvas = new PlotCanvas(options.Width, options.Height);
        var (x, y) = Axes(series, options);
        DrawFrame(canvas, x, y, options);
        for (var i = 0; i < series.Count; i++)
            foreach (var run in Runs(series[i], options))
                DrawRun(canvas, [.. run.Select(point => (x.Pixel(point.Step), y.Pixel(point.Value)))], IsSparse(series[i]), Colour(i));
        if (series.Count > 1)
            DrawLegend(canvas, series, options);
        return canvas.ToPicture();
    }

    private static (PlotAxis X, PlotAxis Y) Axes(IReadOnlyList<PlotSeries> series, PlotOptions options)
    {
        var points = series.SelectMany(line => line.Points).Where(point => IsDrawn(point, options)).ToList();
        if (points.Count == 0)
            throw new ArgumentException(
                $"There must be a finite{(options.LogarithmicValues ? ", positive" : "")} point to draw, but there is none.", nameof(series));
        var (width, height) = (options.Width - Left - Right, options.Height - Top - Bottom);
        var (low, high) = (points.Min(point => point.Value), points.Max(point => point.Value));
        // Pixels count downwards.
        return (PlotAxis.Linear(points.Min(point => point.Step), points.Max(point => point.Step), width / 100, wide: false, Left, width),
            options.LogarithmicValues
                ? PlotAxis.Logarithmic(low, high, Top + height, -height)
                : PlotAxis.Linear(low, high, height / 60, wide: true, Top + height, -height));
    }

    private static void DrawFrame(PlotCanvas canvas, PlotAxis x, PlotAxis y, PlotOptions options)
    {
        var (right, bottom) = (options.Width - Right, options.Height - Bottom);
        foreach (var tick in y.Ticks)
        {
            var (at, label) = ((int)Math.Round(y.Pixel(tick)), PlotAxis.Label(tick));
            canvas.Rectangle(Left, at, right - Left, 1, GridLine);
            canvas.Text(label, Left - 10 - PixelFont.WidthOf(label), at - TextHeight / 2, Ink);
        }
        foreach (var tick in x.Ticks)
        {
            var (at, label) = ((int)Math.Round(x.Pixel(tick)), PlotAxis.Label(tick));
            canvas.Rectangle(at, Top, 1, bottom - Top, GridLine);
            canvas.Text(label, at - PixelFont.WidthOf(label) / 2, bottom + 10, Ink);
        }
        canvas.Rectangle(Left, Top, 1, bottom - Top + 1, Frame);
        canvas.Rectangle(Left, bottom, right - Left + 1, 1, Frame);
        canvas.Text(options.Title, (options.Width - PixelFont.WidthOf(options.Title)) / 2, 16, Ink);
        canvas.Text(options.ValueTitle, Left - 10 - Math.Min(PixelFont.WidthOf(options.ValueTitle), Left - 20), Top - 36, Ink);
        canvas.Text(options.StepTitle, (Left + right - PixelFont.WidthOf(options.StepTitle)) / 2, bottom + 38, Ink);
    }

    private static void DrawRun(PlotCanvas canvas, IReadOnlyList<(double X, double Y)> points, bool dots, int colour)
    {
        canvas.Line(PlotThinning.Thin(points), 2, colour);
        foreach (var point in dots ? points : [])
            canvas.Line([point], 7, colour);
    }

    private static void DrawLegend(PlotCanvas canvas, IReadOnlyList<PlotSeries> series, PlotOptions options)
    {
        const int Line = 24, Sample = 28;
        var width = series.Max(line => PixelFont.WidthOf(line.Name)) + Sample + 30;
        var left = options.Width - Right - width - 10;
        canvas.Rectangle(left, Top + 10, width, series.Count * Line + 8, GridLine);
        canvas.Rectangle(left + 1, Top + 11, width - 2, series.Count * Line + 6, White);
        for (var i = 0; i < series.Count; i++)
        {
            var top = Top + 10 + 9 + i * Line;
            canvas.Line([(left + 10, top + TextHeight / 2), (left + 10 + Sample, top + TextHeight / 2)], 3, Colour(i));
            canvas.Text(series[i].Name, left + Sample + 20, top, Ink);
        }
    }

    // The points between two breaks of a line.
    private static IEnumerable<IReadOnlyList<(double Step, double Value)>> Runs(PlotSeries series, PlotOptions options)
    {
        var run = new List<(double Step, double Value)>();
        foreach (var point in series.Points)
            if (IsDrawn(point, options))
                run.Add(point);
            else if (run.Count > 0)
            {
                yield return run;
                run = [];
            }
        if (run.Count > 0)
            yield return run;
    }

    // The limit leaves room for the differences and round numbers of an axis; it refuses NaN too.
    private static bool IsDrawn((double Step, double Value) point, PlotOptions options) =>
        Math.Abs(point.Step) < 1e300 && Math.Abs(point.Value) < 1e300 && (point.Value > 0 || !options.LogarithmicValues);

    private static bool IsSparse(PlotSeries series) => series.Points.Count <= SparsePoints;

    private static int Colour(int index) => Colours[index % Colours.Length];
}
