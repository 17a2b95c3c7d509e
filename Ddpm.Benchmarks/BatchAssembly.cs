using BenchmarkDotNet.Attributes;

namespace Ddpm.Benchmarks;

/// <summary>Batches of training images, from bytes to the network's range.</summary>
[BenchmarkCategory("data")]
[IterationCount(15)]
[InvocationCount(100)]
public class BatchAssembly
{
    private static readonly IImageDataset Data = new ShapesReader(count: 256, size: 32).Read();
    private int[] indices = [];

    /// <summary>Images of 3 x 32 x 32.</summary>
    [Params(16, 64, 128)]
    public int Batch { get; set; }

    /// <summary>Chooses the images.</summary>
    [GlobalSetup]
    public void Begin() => indices = [.. Enumerable.Range(0, Batch).Select(i => i * 37 % Data.Count)];

    /// <summary>A batch.</summary>
    [Benchmark]
    [Work(Passes = 0)]
    public void Assemble() => Pixels.Batch(Data, indices).Dispose();
}
