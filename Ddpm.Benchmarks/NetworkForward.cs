using BenchmarkDotNet.Attributes;
using static TorchSharp.torch;

namespace Ddpm.Benchmarks;

/// <summary>One evaluation of the network without gradients, as a sampler asks for it.</summary>
[BenchmarkCategory("denoiser")]
[IterationCount(15)]
public class NetworkForward : NetworkBenchmark
{
    private IDenoiser? compiled;

    private protected override void Free()
    {
        (compiled as IDisposable)?.Dispose();
        compiled = null;
    }

    /// <summary>The network in plain modules of TorchSharp, channels last.</summary>
    [Benchmark(Baseline = true)]
    [Work]
    public void PlainModules()
    {
        Running();
        Predict(PlainModel, PlainModel.Denoiser);
    }

    /// <summary>The library's network, asked itself.</summary>
    [Benchmark]
    [Work]
    public void PlainBackend()
    {
        Running();
        Predict(Model, Model.Denoiser);
    }

    /// <summary>Its twin, which a sampler asks. The first call, which makes it, does not count.</summary>
    [Benchmark]
    [Work]
    public void Library()
    {
        Running();
        Predict(Model, compiled ??= InferenceBackend.Auto.Compile(Model.Denoiser, Model.Image, Batch));
    }

    private void Predict(Diffusion model, IDenoiser denoiser)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var where = device(Device);
        _ = denoiser.Predict(zeros(model.Image.Batch(Batch), device: where), full(Batch, 500f, device: where)).cpu();       // waits for a GPU
    }
}
