using static TorchSharp.torch;

namespace Ddpm.Tests.Models.Hosting;

/// <summary>A formula that waits at a gate, so that tests say what a service's thread does when.</summary>
internal sealed class GateDenoiser : IDenoiser
{
    private readonly object access = new();
    private bool isClosed;
    private int evaluations;

    /// <summary>How many have begun.</summary>
    internal int Evaluations => Volatile.Read(ref evaluations);

    /// <summary>The next evaluations fail.</summary>
    internal Exception? Fault { get; set; }

    internal void Close()
    {
        lock (access)
            isClosed = true;
    }

    internal void Open()
    {
        lock (access)
        {
            isClosed = false;
            Monitor.PulseAll(access);
        }
    }

    public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
    {
        Interlocked.Increment(ref evaluations);
        lock (access)
            while (isClosed)
                Monitor.Wait(access);
        return Fault is null ? x * 0.5 : throw Fault;
    }
}
