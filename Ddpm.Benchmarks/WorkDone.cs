using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Benchmarks;

/// <summary>What a benchmark did in its median call.</summary>
internal sealed class WorkDone
{
    private readonly BenchmarkCase benchmark;
    private readonly WorkAttribute work;

    private WorkDone(BenchmarkCase benchmark, WorkAttribute work, double milliseconds) =>
        (this.benchmark, this.work, Milliseconds) = (benchmark, work, milliseconds);

    internal double Milliseconds { get; }

    internal double MillisecondsPerStep => Milliseconds / Steps;

    internal double ImagesPerSecond => 1000 * Images / (Recipe is null ? MillisecondsPerStep : Milliseconds);

    internal double? Gigaflops => work.Passes > 0 && Parameter("Network") is string network
        ? PlainUNet.Operations(ComparisonArguments.OptionsOf(network)) * work.Passes * Images / MillisecondsPerStep / 1e6
        : null;

    internal double? ShareOfCeiling =>
        Gigaflops is { } rate && Parameter("Device") is string name ? rate / MachineCeiling.Of(device(name), ScalarType.Float32) : null;

    internal long? PeakMegabytes => PeakMemory.Of(
        benchmark.Descriptor.Type, benchmark.Descriptor.WorkloadMethod.Name,
        benchmark.Parameters.Items.OrderBy(parameter => parameter.Name, StringComparer.Ordinal).Select(parameter => parameter.Value));

    private SamplingRecipe? Recipe => Parameter("Recipe") as SamplingRecipe;

    private int Steps => Recipe?.Steps ?? work.Steps;

    private int Images => work.Images > 0 ? work.Images : Convert.ToInt32(Parameter("Batch"), CultureInfo.InvariantCulture);

    /// <returns>null: the benchmark failed, or does not say what it does.</returns>
    internal static WorkDone? Of(Summary summary, BenchmarkCase benchmark) =>
        benchmark.Descriptor.WorkloadMethod.GetCustomAttribute<WorkAttribute>() is { } work && summary[benchmark]?.ResultStatistics is { } statistics
            ? new(benchmark, work, statistics.Median / 1e6)
            : null;

    private object? Parameter(string name) => benchmark.Parameters.Items.FirstOrDefault(parameter => parameter.Name == name)?.Value;
}
