using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Ddpm.Benchmarks;

/// <summary>A figure of this field's own, from the median call.</summary>
internal sealed class WorkColumn(string name, string legend, Func<WorkDone, double?> figure) : IColumn
{
    internal static IReadOnlyList<WorkColumn> All { get; } =
    [
        new("ms/step", "Milliseconds a step, from the median call", work => work.MillisecondsPerStep),
        new("Images/s", "Images a second, from the median call: of a sampler the finished ones, else those of a step", work => work.ImagesPerSecond),
        new("GFLOP/s", "10^9 operations a second of the network as it is written down", work => work.Gigaflops),
        new("Ceiling", "Those over what the device does in a product of matrices of 2048 x 2048, float32", work => work.ShareOfCeiling),
        new("Peak MB", "Largest resident memory of the process while it ran, with what those before left", work => work.PeakMegabytes),
    ];

    public string Id => name;

    public string ColumnName => name;

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string Legend => legend;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) =>
        WorkDone.Of(summary, benchmarkCase) is { } work && figure(work) is { } value ? value.ToString("G4", CultureInfo.InvariantCulture) : "-";

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;
}
