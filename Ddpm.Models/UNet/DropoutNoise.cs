using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>Dropout (Srivastava et al. 2014) from a generator of the network's own, so that training can be repeated. One for all blocks.</summary>
internal sealed class DropoutNoise(double probability) : IDisposable
{
    private ulong seed;
    private Generator? generator;

    internal void Reseed(ulong value)
    {
        seed = value;
        Dispose();
    }

    /// <summary>Drops values and scales the rest by 1/(1-p), so that the mean stays.</summary>
    internal Tensor Apply(Tensor x)
    {
        if (probability == 0)
            return x;
        if (generator?.device.type != x.device.type)
            Dispose();
        generator ??= new Generator(seed, x.device);
        return x * empty_like(x).bernoulli_(1 - probability, generator).div_(1 - probability);
    }

    public void Dispose()
    {
        generator?.Dispose();
        generator = null;
    }
}
