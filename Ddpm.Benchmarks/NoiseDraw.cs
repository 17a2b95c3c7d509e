using BenchmarkDotNet.Attributes;
using static TorchSharp.torch;

namespace Ddpm.Benchmarks;

/// <summary>The noise of a step: the library's, which is the same on every machine, against libtorch's.</summary>
[BenchmarkCategory("noise")]
[IterationCount(15)]
[InvocationCount(100)]
public class NoiseDraw
{
    private readonly SeededNoise noise = new(1);
    private Tensor target = null!;
    private long draw;

    /// <summary>Images of 3 x 32 x 32.</summary>
    [Params(1, 16, 64)]
    public int Batch { get; set; }

    /// <summary>Makes the images to fill.</summary>
    [GlobalSetup]
    public void Begin() => target = zeros(Batch, 3, 32, 32).DetachFromDisposeScope();

    /// <summary>Frees them.</summary>
    [GlobalCleanup]
    public void End() => target.Dispose();

    /// <summary>Without a seed of its own for each image.</summary>
    [Benchmark(Baseline = true)]
    [Work(Passes = 0)]
    public void Libtorch() => target.normal_();

    /// <summary>A draw for each image, by its number.</summary>
    [Benchmark]
    [Work(Passes = 0)]
    public void Seeded() => noise.Fill(target, firstImage: 0, draw++);
}
