using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Ddpm.Samples;

/// <summary>The points as a table and as JSON.</summary>
internal sealed class FrontierReport(IReadOnlyList<Point> points, int images, int turns, int whole)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public string Json() => JsonSerializer.Serialize(new { images, turns, referenceSteps = whole, points }, Format) + "\n";

    /// <summary>A row a sampler and precision, a column a number of steps; those on the front are bold.</summary>
    public string Markdown()
    {
        int[] columns = [.. points.Select(point => point.Steps).Distinct()];
        var text = new StringBuilder();
        Row(["sampler", "precision", .. columns.Select(steps => $"{steps} steps")]);
        Row(Enumerable.Repeat("---", columns.Length + 2));
        foreach (var row in points.GroupBy(point => (point.Sampler, point.Precision)))
            Row([row.Key.Sampler + (row.Any(point => point.IsStochastic) ? " *" : ""), row.Key.Precision,
                .. columns.Select(steps => row.FirstOrDefault(point => point.Steps == steps) is { } found ? Cell(found) : "-")]);
        text.Append(CultureInfo.InvariantCulture,
            $"\nEach cell: images a second ({images} at once, the fastest of {turns} turns), distance. The distance is the root mean square ");
        text.Append(CultureInfo.InvariantCulture,
            $"difference from DDIM's images after all {whole} steps in float32,\nfrom the same start noise, on a scale of -1 to 1. ");
        text.Append("Bold: on the front; nothing is nearer and, within 5 %, as fast.\n");
        if (points.Any(point => point.IsStochastic))
            text.Append("\\* draws noise on the way: its images are others, as they should be, so the front leaves it out.\n");
        return text.ToString();

        void Row(IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
    }

    private static string Cell(Point point)
    {
        var figures = string.Create(CultureInfo.InvariantCulture, $"{point.ImagesPerSecond:G3}, {point.Distance:F4}");
        return point.IsOnFront ? $"**{figures}**" : figures;
    }
}
