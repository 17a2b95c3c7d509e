using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Ddpm.Benchmarks;
using static TorchSharp.torch;

// Several sides turn by turn, which the tool below does not do.
if (args is ["compare-training", .. var training])
{
    TrainingComparison.Run(training);
    return;
}
if (args is ["compare-sampling", .. var sampling])
{
    SamplingComparison.Run(sampling);
    return;
}
if (args is [AloneInMemory.Command, .. var alone])
{
    AloneInMemory.Answer(alone);
    return;
}

// In process: a project that the tool generates would not find the native libraries. A call takes from milliseconds to minutes, so one a measurement;
// the tool's own limit for a benchmark of five minutes would end the whole run.
var config = DefaultConfig.Instance
    .AddJob(Job.Default
        .WithToolchain(new InProcessEmitToolchain(TimeSpan.FromDays(1), logOutput: true))
        .WithInvocationCount(1)
        .WithUnrollFactor(1)
        .WithWarmupCount(1)
        .WithIterationCount(5))
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddColumn([StatisticColumn.Median, .. WorkColumn.All])
    .AddExporter(new FiguresExporter())
    .WithOptions(ConfigOptions.DisableOptimizationsValidator);
Console.WriteLine(Machine.Measure(device(cuda.is_available() ? "cuda" : "cpu")));         // before the benchmarks, so that the ceiling is known
if (args is [])
{
    Console.WriteLine(ShortRun.Announcement);
    config = config.AddFilter(new ShortRun());
    args = ["--filter", "*"];
}
BenchmarkSwitcher.FromAssembly(typeof(SamplingLoop).Assembly).Run(args, config);
