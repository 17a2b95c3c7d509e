using BenchmarkDotNet.Attributes;

namespace Ddpm.Benchmarks;

/// <summary>
/// The whole job, from noise to images. On a CPU 1,000 steps of the paper's network take minutes to hours a call: choose with --filter.
/// </summary>
[BenchmarkCategory("sampling")]
[IterationCount(3)]
public class SamplingLoop : NetworkBenchmark
{
    /// <summary>Sampler and steps.</summary>
    [ParamsSource(nameof(Recipes), Priority = 3)]
    public SamplingRecipe Recipe { get; set; } = SamplingRecipe.All[0];

    /// <summary>All of them.</summary>
    public static IEnumerable<SamplingRecipe> Recipes => SamplingRecipe.All;

    private protected override IEnumerable<object> Parameters => [Batch, Device, Network, Recipe];

    /// <summary>The network in plain modules of TorchSharp, channels last.</summary>
    [Benchmark(Baseline = true)]
    [Work]
    public void PlainModules()
    {
        Running();
        Sample(PlainModel, InferenceBackend.Plain);
    }

    /// <summary>The library's network, asked itself.</summary>
    [Benchmark]
    [Work]
    public void PlainBackend()
    {
        Running();
        Sample(Model, InferenceBackend.Plain);
    }

    /// <summary>The library as it samples by itself.</summary>
    [Benchmark]
    [Work]
    public void Library()
    {
        Running();
        Sample(Model, InferenceBackend.Auto);
    }

    private void Sample(Diffusion model, IInferenceBackend backend)
    {
        using var images = model.Sample(Batch, new SamplingOptions { Sampler = Recipe.Sampler, Backend = backend, Seed = 1 });
        using var there = images.cpu();         // waits for a GPU
    }
}
