using System.Globalization;
using System.Text;
using Ddpm.Imaging;

namespace Ddpm.Samples;

/// <summary>What the gallery shows: the first entry is the reference, the others are the samplers', row by row.</summary>
internal sealed class Report(IReadOnlyList<Entry> entries, IReadOnlyList<int> columns)
{
    private Entry Reference => entries[0];

    private IEnumerable<Entry[]> Rows => entries.Skip(1).Chunk(columns.Count);

    /// <summary>A line a cell.</summary>
    public string Csv()
    {
        var text = new StringBuilder("sampler,steps,stochastic,evaluations,seconds,distance,skipped\n");
        foreach (var entry in entries)
            text.Append(entry.Reason is { } reason
                ? string.Create(CultureInfo.InvariantCulture,
                    $"{entry.Sampler},{entry.Steps},,,,,\"{reason.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n")
                : string.Create(CultureInfo.InvariantCulture,
                    $"{entry.Sampler},{entry.Steps},{(entry.IsStochastic ? "yes" : "no")},{entry.Evaluations},"
                    + $"{entry.Time.TotalSeconds:F3},{entry.Distance:G6},\n"));
        return text.ToString();
    }

    /// <summary>A row a sampler, with what is compared and why a sampler is missing.</summary>
    public string Markdown()
    {
        var width = Rows.Max(row => row[0].Sampler.Length) + 2;
        var text = new StringBuilder();
        Row("sampler", columns.Select(n => $"{n} steps"));
        Row("---", columns.Select(_ => "---"));
        foreach (var row in Rows)
            Row(row[0].Sampler + (row.Any(entry => entry.IsStochastic) ? " *" : ""), row.Select(Cell));
        text.Append(CultureInfo.InvariantCulture,
            $"\nEach cell: distance, evaluations of the network, seconds for all {Reference.Images!.shape[0]} images. "
            + $"The distance is the root mean square");
        text.Append(CultureInfo.InvariantCulture,
            $" difference from DDIM's images after all {Reference.Steps} steps ({Reference.Time.TotalSeconds:F1} s), "
            + $"from the same start noise, on a scale of -1 to 1.\n");
        text.Append("\\* draws noise on the way: its images are others, as they should be, and its distance need not fall.\n");
        foreach (var entry in entries.Where(entry => entry.Reason is not null))
            text.Append(CultureInfo.InvariantCulture, $"Left out: {entry.Sampler} with {entry.Steps} steps. {entry.Reason}\n");
        return text.ToString();

        void Row(string name, IEnumerable<string> cells) =>
            text.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.PadRight(17)).Prepend(name.PadRight(width))).Append(" |\n");
    }

    /// <summary>The first row is the reference, in every column to compare with.</summary>
    public Picture Draw(int scale)
    {
        (string, IReadOnlyList<Picture?>) Row(string name, IEnumerable<Entry> cells) => (name, [.. cells.Select(entry =>
            entry.Images is { } images ? PictureGrid.Grid(images, (int)images.shape[0], scale, gap: scale) : null)]);
        return PictureTable.Draw(
            [.. columns.Select(n => n == 1 ? "1 step" : $"{n} steps")],
            [
                Row($"DDIM, {Reference.Steps} steps", columns.Select(_ => Reference)),
                .. Rows.Select(row => Row(row[0].Sampler + (row.Any(entry => entry.IsStochastic) ? " *" : ""), row)),
            ]);
    }

    private static string Cell(Entry entry) => entry.Reason is not null
        ? "-"
        : string.Create(CultureInfo.InvariantCulture, $"{entry.Distance:F4}, {entry.Evaluations}, {entry.Time.TotalSeconds:F2}");
}
