using BenchmarkDotNet.Attributes;
using Ddpm.Evaluation;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Benchmarks;

/// <summary>What comparing two sets of images costs, once their features are known.</summary>
[BenchmarkCategory("evaluation")]
public class FeatureDistances
{
    private const int BatchSize = 100;

    private Tensor real = null!, generated = null!;
    private FeatureStatistics ofReal = null!, ofGenerated = null!;

    /// <summary>D: that of ResNet-18 and of Inception-v3.</summary>
    [Params(512, 2048)]
    public int Features { get; set; }

    /// <summary>N.</summary>
    [Params(10_000)]
    public int Count { get; set; }

    /// <summary>Draws features.</summary>
    [GlobalSetup]
    public void Begin()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        Tensor Normal(int rows) => randn([rows, Features], ScalarType.Float32, CPU, generator: generator);
        var mix = Normal(Features) / Math.Sqrt(Features);
        real = Normal(Count).mm(mix).abs().DetachFromDisposeScope();
        generated = (Normal(Count).mm(mix) * 1.1).abs().DetachFromDisposeScope();
        (ofReal, ofGenerated) = (StatisticsOf(real), StatisticsOf(generated));
    }

    /// <summary>Frees them.</summary>
    [GlobalCleanup]
    public void End()
    {
        real.Dispose();
        generated.Dispose();
    }

    /// <summary>Mean and covariance, in batches of 100.</summary>
    [Benchmark]
    [Work(Images = 10_000, Passes = 0)]
    public FeatureStatistics Statistics() => StatisticsOf(real);

    /// <summary>From the statistics.</summary>
    [Benchmark]
    public FrechetResult Frechet() => FrechetDistance.Between(ofReal, ofGenerated);

    /// <summary>100 pairs of subsets of 1,000.</summary>
    [Benchmark]
    public KernelResult Kernel() => new KernelDistance().Between(real, generated);

    /// <summary>All pairs.</summary>
    [Benchmark]
    public NeighbourResult Neighbours() => new NeighbourMetrics().Measure(real, generated);

    private FeatureStatistics StatisticsOf(Tensor features)
    {
        using var accumulator = new FeatureAccumulator(Features);
        for (var i = 0; i < Count; i += BatchSize)
        {
            using var batch = features.narrow(0, i, BatchSize);
            accumulator.Add(batch);
        }
        return accumulator.ToStatistics();
    }
}
