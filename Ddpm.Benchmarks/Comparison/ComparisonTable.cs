using System.Globalization;
using System.Text;

namespace Ddpm.Benchmarks;

/// <summary>The rows in Markdown.</summary>
internal static class ComparisonTable
{
    internal const string Head = """
        | network | batch | precision | computed by | ms, median (minimum) | images/s | over faster plain | GFLOP/s | of the ceiling | peak MB |
        |---|---|---|---|---|---|---|---|---|---|
        """;

    internal static string Lines(IEnumerable<ComparedRow> rows)
    {
        var text = new StringBuilder();
        foreach (var row in rows)
            text.Append(CultureInfo.InvariantCulture,
                $"| {row.Network} | {row.Batch} | {row.Precision} | {row.Contender} | {row.Median:F1} ({row.Minimum:F1}) | {row.ImagesPerSecond:G3} ")
                .Append(CultureInfo.InvariantCulture,
                $"| {row.OverPlain:F2} | {row.Gigaflops:F0} | {100 * row.ShareOfCeiling:F0} % | {row.PeakMegabytes ?? double.NaN:F0} |\n");
        return text.ToString();
    }
}
