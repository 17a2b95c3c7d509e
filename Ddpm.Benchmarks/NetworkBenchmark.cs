using System.Runtime.CompilerServices;
using BenchmarkDotNet.Attributes;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Benchmarks;

/// <summary>A diffusion model of each size on each device, and the same network in plain modules.</summary>
public abstract class NetworkBenchmark
{
    private Diffusion? model, plain;
    private string method = "";

    /// <summary>paper: 35.7 million weights; small: 1.6 million.</summary>
    [Params("small", "paper", Priority = 0)]
    public string Network { get; set; } = "small";

    /// <summary>cpu, and cuda where there is one.</summary>
    [ParamsSource(nameof(Devices), Priority = 1)]
    public string Device { get; set; } = "cpu";

    /// <summary>Images at once.</summary>
    [ParamsSource(nameof(Batches), Priority = 2)]
    public int Batch { get; set; }

    /// <summary>The devices of this machine.</summary>
    public static IEnumerable<string> Devices => cuda.is_available() ? ["cpu", "cuda"] : ["cpu"];

    /// <summary>From one image to many.</summary>
    public static IEnumerable<int> Batches => [1, 4, 16, 64];

    private protected UNetOptions Options => ComparisonArguments.OptionsOf(Network);

    private protected Diffusion Model => model ??= new DiffusionBuilder().WithUNet(Options).WithDevice(device(Device)).Build();

    private protected Diffusion PlainModel =>
        plain ??= new DiffusionBuilder().WithDenoiser(new PlainDenoiser(Options, device(Device)), Options.Image).WithDevice(device(Device)).Build();

    /// <summary>Forgets the memory of those before.</summary>
    [GlobalSetup]
    public void Begin() => PeakMemory.Reset();

    /// <summary>Frees the models.</summary>
    [GlobalCleanup]
    public void End()
    {
        PeakMemory.Record(this, method, Parameters);
        Free();
        model?.Dispose();
        (plain?.Denoiser as IDisposable)?.Dispose();
        plain?.Dispose();
        (model, plain) = (null, null);
    }

    /// <summary>Frees what else was made of the models.</summary>
    private protected virtual void Free()
    {
    }

    /// <summary>Their values, in the order of their names.</summary>
    private protected virtual IEnumerable<object> Parameters => [Batch, Device, Network];

    /// <summary>Says which benchmark of the class the memory belongs to.</summary>
    private protected void Running([CallerMemberName] string name = "") => method = name;
}
