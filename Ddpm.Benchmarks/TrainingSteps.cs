using BenchmarkDotNet.Attributes;

namespace Ddpm.Benchmarks;

/// <summary>Optimiser steps as training takes them: batch, noise, forward, backward, clipping, Adam, moving average.</summary>
[BenchmarkCategory("training")]
public class TrainingSteps : NetworkBenchmark
{
    private const int Steps = 3;
    private static readonly IImageDataset Data = new ShapesReader(count: 64, size: 32).Read();

    /// <summary>Three steps.</summary>
    [Benchmark]
    [Work(Steps = Steps, Passes = 3)]
    public void Train()
    {
        Running();
        Model.Train(new TrainingOptions { Steps = Steps, BatchSize = Batch, WarmupSteps = 0, IfTrained = WhenTrained.GoOn }, Data);
    }
}
