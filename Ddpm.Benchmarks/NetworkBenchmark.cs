using BenchmarkDotNet.Attributes;
using TorchSharp;

namespace Ddpm.Benchmarks;

/// <summary>A diffusion model of each size on each device.</summary>
public abstract class NetworkBenchmark
{
    /// <summary>paper: 35.7 million weights; small: 1.6 million.</summary>
    [Params("small", "paper", Priority = 0)]
    public string Network { get; set; } = "small";

    /// <summary>cpu, and cuda where there is one.</summary>
    [ParamsSource(nameof(Devices), Priority = 1)]
    public string Device { get; set; } = "cpu";

    /// <summary>Images at once.</summary>
    [Params(1, 4, 16, Priority = 2)]
    public int Batch { get; set; }

    /// <summary>The devices of this machine.</summary>
    public static IEnumerable<string> Devices => torch.cuda.is_available() ? ["cpu", "cuda"] : ["cpu"];

    private protected Diffusion Model { get; private set; } = null!;

    /// <summary>Makes the model.</summary>
    [GlobalSetup]
    public void Begin()
    {
        var options = Network == "paper" ? UNetOptions.Cifar10 : UNetOptions.Small;
        Model = new DiffusionBuilder().WithUNet(options).WithDevice(torch.device(Device)).Build();
        PeakMemory.Reset();
    }

    /// <summary>Frees it.</summary>
    [GlobalCleanup]
    public void End()
    {
        PeakMemory.Record(this, Batch, Device, Network);
        Model.Dispose();
    }
}
