using static TorchSharp.torch;

namespace Ddpm.Tests.Models.Hosting;

/// <summary>A formula that waits at a gate, so that tests say what a service's thread does when.</summary>
internal sealed class GateDenoiser : IDenoiser
{
    private readonly object access = new();
    private int evaluations, allowed = int.MaxValue;

    /// <summary>How many have begun.</summary>
    internal int Evaluations => Volatile.Read(ref evaluations);

    /// <summary>The next evaluations fail.</summary>
    internal Exception? Fault { get; set; }

    /// <summary>So many more may begin and go on; the others wait.</summary>
    internal void Close(int after = 0) => Allow(Evaluations + after);

    internal void Open() => Allow(int.MaxValue);

    public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
    {
        var number = Interlocked.Increment(ref evaluations);
        lock (access)
            while (number > allowed)
                Monitor.Wait(access);
        return Fault is null ? x * 0.5 : throw Fault;
    }

    private void Allow(int number)
    {
        lock (access)
        {
            allowed = number;
            Monitor.PulseAll(access);
        }
    }
}
