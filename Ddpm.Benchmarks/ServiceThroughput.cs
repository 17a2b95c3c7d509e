using BenchmarkDotNet.Attributes;
using Ddpm.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Ddpm.Benchmarks;

/// <summary>
/// Thirty-two callers who each want an image in ten steps at the same time: what a service gains by making them together, and what its queue costs
/// against one call for all.
/// </summary>
[BenchmarkCategory("service")]
[IterationCount(7)]
public class ServiceThroughput
{
    private const int Callers = 32, Steps = 10;

    private ServiceProvider? app;
    private Diffusion? model;

    /// <summary>paper: 35.7 million weights; small: 1.6 million.</summary>
    [Params("small", "paper")]
    public string Network { get; set; } = "small";

    /// <summary>A service of each kind, and the model alone.</summary>
    [GlobalSetup]
    public void Begin()
    {
        app = new ServiceCollection()
            .AddDiffusion("one", options => Set(options, batch: 1))
            .AddDiffusion("together", options => Set(options, batch: 8))
            .BuildServiceProvider();
        model = Make();
    }

    /// <summary>Frees them.</summary>
    [GlobalCleanup]
    public void End()
    {
        app?.Dispose();
        model?.Dispose();
    }

    /// <summary>A service that makes one image after the other.</summary>
    [Benchmark(Baseline = true)]
    public void OneByOne() => Ask("one");

    /// <summary>The same with up to eight together.</summary>
    [Benchmark]
    public void Together() => Ask("together");

    /// <summary>No service: one call for all images, eight at once.</summary>
    [Benchmark]
    public void OneCall()
    {
        using var images = model!.Sample(Callers, new SamplingOptions { BatchSize = 8, Backend = InferenceBackend.FixedBatch(8) });
    }

    private void Ask(string name)
    {
        var service = app!.GetRequiredKeyedService<IDiffusionService>(name);
        Task.WaitAll([.. Enumerable.Range(0, Callers).Select(seed => service.GenerateAsync(new() { Seed = (ulong)seed }))]);
    }

    private void Set(DiffusionServiceOptions options, int batch) => (options.Create, options.BatchSize) = (_ => Make(), batch);

    private Diffusion Make() =>
        new DiffusionBuilder().WithUNet(ComparisonArguments.OptionsOf(Network)).WithSampler("ddim", Steps).Build();
}
