using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Benchmarks;

/// <summary>A contender in this process. Each call is shown float32 and gives float32, whatever it computes in.</summary>
internal sealed class OwnContender : IContender
{
    private readonly ContenderKind kind;
    private readonly Func<Tensor, Tensor, Tensor> predict;
    private readonly IDisposable owner;
    private readonly Device device;
    private readonly Tensor x, t;

    internal OwnContender(ContenderKind kind, UNetOptions options, Device device, int batch, long? peakMegabytes)
    {
        (this.kind, this.device, PeakMegabytes) = (kind, device, peakMegabytes);
        (predict, owner) = kind.Make(options, device, batch);
        x = randn(options.Image.Batch(batch), device: device).DetachFromDisposeScope();
        t = full(batch, 333f, device: device).DetachFromDisposeScope();
    }

    public string Name => kind.Name;

    public string Precision => kind.Type == ScalarType.Float32 ? "float32" : "bfloat16";

    public bool IsPlain => kind.IsPlain;

    public long? PeakMegabytes { get; }

    public double Call()
    {
        using var noGrad = no_grad();
        MachineCeiling.Finish(device);
        var began = Stopwatch.GetTimestamp();
        using var predicted = predict(x, t);
        MachineCeiling.Finish(device);
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    public void Dispose()
    {
        x.Dispose();
        t.Dispose();
        owner.Dispose();
    }
}
