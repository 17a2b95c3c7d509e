using BenchmarkDotNet.Attributes;

namespace Ddpm.Benchmarks;

/// <summary>Reading CIFAR-10 .mat files: <c>DDPM_CIFAR10</c> names their folder.</summary>
[IterationCount(10)]
public class MatReading
{
    private readonly string folder = Environment.GetEnvironmentVariable("DDPM_CIFAR10") ?? "./cifar-10-batches-mat/";

    /// <summary>All training images.</summary>
    [Benchmark]
    public int Read() => new Cifar10MatReader(folder).Read().Count;
}
