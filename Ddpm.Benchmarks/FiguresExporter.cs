using System.Text.Json;
using System.Text.Json.Nodes;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Benchmarks;

/// <summary>The figures of this field's own as JSON, a record for each benchmark, with the machine they were measured on.</summary>
internal sealed class FiguresExporter : ExporterBase
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    protected override string FileExtension => "json";

    protected override string FileNameSuffix => "-figures";

    public override void ExportToLog(Summary summary, ILogger logger)
    {
        var rows = new JsonArray();
        foreach (var benchmark in summary.BenchmarksCases)
        {
            var row = new JsonObject
            {
                ["benchmark"] = $"{benchmark.Descriptor.Type.Name}.{benchmark.Descriptor.WorkloadMethod.Name}",
                ["categories"] = new JsonArray([.. benchmark.Descriptor.Categories.Select(category => (JsonNode)category)]),
            };
            foreach (var parameter in benchmark.Parameters.Items)
                row[parameter.Name] = parameter.Value is int number ? number : parameter.Value?.ToString();
            row["medianMs"] = summary[benchmark]?.ResultStatistics?.Median / 1e6;
            row["minimumMs"] = summary[benchmark]?.ResultStatistics?.Min / 1e6;
            if (WorkDone.Of(summary, benchmark) is { } work)
                foreach (var (name, value) in ((string, double?)[])
                    [
                        ("msPerStep", work.MillisecondsPerStep), ("imagesPerSecond", work.ImagesPerSecond), ("gflops", work.Gigaflops),
                        ("shareOfCeiling", work.ShareOfCeiling), ("peakMegabytes", work.PeakMegabytes),
                    ])
                    row[name] = value;
            rows.Add(row);
        }
        var machine = JsonSerializer.SerializeToNode(Machine.Measure(device(cuda.is_available() ? "cuda" : "cpu")));
        logger.WriteLine(new JsonObject { ["machine"] = machine, ["benchmarks"] = rows }.ToJsonString(Format));
    }
}
