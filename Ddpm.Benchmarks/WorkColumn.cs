using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Ddpm.Benchmarks;

/// <summary>A figure of this field's own, from the median call.</summary>
internal sealed class WorkColumn(string name, string legend, Func<BenchmarkCase, WorkAttribute, double, double?> figure) : IColumn
{
    internal static WorkColumn ImagesPerSecond { get; } = new("Images/s", "Images a second, from the median call", (benchmark, work, milliseconds) =>
        1000 / milliseconds * (work.Images > 0 ? work.Images : Convert.ToInt32(benchmark.Parameters["Batch"], CultureInfo.InvariantCulture)));

    internal static WorkColumn MillisecondsPerStep { get; } = new("ms/step", "Milliseconds a step, from the median call", (_, work, milliseconds) =>
        milliseconds / work.Steps);

    internal static WorkColumn PeakMegabytes { get; } = new("Peak MB", "Largest resident memory while it ran", (benchmark, _, _) =>
        PeakMemory.Of(
            benchmark.Descriptor.Type,
            benchmark.Parameters.Items.OrderBy(parameter => parameter.Name, StringComparer.Ordinal).Select(parameter => parameter.Value)));

    public string Id => name;

    public string ColumnName => name;

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string Legend => legend;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        var work = benchmarkCase.Descriptor.WorkloadMethod.GetCustomAttribute<WorkAttribute>();
        var statistics = summary[benchmarkCase]?.ResultStatistics;
        var value = work is null || statistics is null ? null : figure(benchmarkCase, work, statistics.Median / 1e6);
        return value?.ToString("G4", CultureInfo.InvariantCulture) ?? "-";
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;
}
