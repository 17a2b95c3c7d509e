using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>The exponential moving average of a network's weights, which is what the paper samples with (Ho et al. 2020, appendix B).</summary>
internal sealed class WeightAverage : IDisposable
{
    private readonly (Parameter Live, Tensor Average)[] weights;
    private int uses;

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
        if (uses++ == 0)
            Swap();
        return new Restore(this);
    }

    public void Dispose()
    {
        foreach (var (_, average) in weights)
            average.Dispose();
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
            if (!done && --average.uses == 0)
                average.Swap();
            done = true;
        }
    }
}
