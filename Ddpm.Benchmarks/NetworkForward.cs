using BenchmarkDotNet.Attributes;
using Ddpm.Denoising;
using static TorchSharp.torch;

namespace Ddpm.Benchmarks;

/// <summary>One evaluation of the network without gradients, as a sampler asks for it.</summary>
[IterationCount(15)]
public class NetworkForward : NetworkBenchmark
{
    /// <summary>x_0 and ε at one step.</summary>
    [Benchmark]
    [Work]
    public void Predict()
    {
        using var scope = NewDisposeScope();
        var x = zeros(Model.Image.Batch(Batch), device: Model.Device);
        var (x0, _, _) = new Predictor(Model.Denoiser, Model.Process.Path).Predict(x, Model.Process.Path.At(500));
        _ = x0.cpu();       // waits for a GPU
    }
}
