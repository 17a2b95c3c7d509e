using BenchmarkDotNet.Attributes;

namespace Ddpm.Benchmarks;

/// <summary>
/// The whole job: 1,000 ancestral steps from noise to images. On a CPU the paper's network takes minutes to hours a call: choose with --filter and
/// --anyCategories.
/// </summary>
[IterationCount(3)]
public class SamplingLoop : NetworkBenchmark
{
    /// <summary>1,000 steps.</summary>
    [Benchmark]
    [Work(Steps = 1000)]
    public void Ddpm1000()
    {
        using var images = Model.Sample(Batch);
    }
}
