using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>The exponential moving average of a network's weights, which is what the paper samples with (Ho et al. 2020, appendix B).</summary>
internal sealed class WeightAverage : IDisposable
{
    private readonly (Parameter Live, Tensor Average)[] weights;
    private readonly Lock changing = new();
    private int uses;
    private bool isDisposed;

    internal WeightAverage(nn.Module module)
    {
        using var noGrad = no_grad();
        weights = [.. module.parameters().Select(live => (live, live.detach().clone().DetachFromDisposeScope()))];
    }

    /// <summary>How many users need the average in the network now.</summary>
    internal int Uses => uses;

    /// <summary>average ← decay · average + (1 - decay) · weight.</summary>
    internal void Update(double decay)
    {
        using var noGrad = no_grad();
        foreach (var (live, average) in weights)
            average.mul_(decay).add_(live, 1 - decay);
    }

    /// <summary>Puts the average into the network until the result is disposed; where it is there already, until the last user is done.</summary>
    internal IDisposable Use()
    {
        lock (changing)
            if (uses++ == 0)
                Swap();
        return new Restore(this);
    }

    /// <summary>The network keeps the weights that it has, also when users of the average are done later.</summary>
    public void Dispose()
    {
        lock (changing)
        {
            isDisposed = true;
            foreach (var (_, average) in weights)
                average.Dispose();
        }
    }

    private void Leave()
    {
        lock (changing)
            if (--uses == 0 && !isDisposed)
                Swap();
    }

    private void Swap()
    {
        using var noGrad = no_grad();
        foreach (var (live, average) in weights)
        {
            using var held = live.detach().clone();
            live.copy_(average);
            average.copy_(held);
        }
    }

    private sealed class Restore(WeightAverage average) : IDisposable
    {
        private bool done;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref done, true))
                average.Leave();
        }
    }
}
