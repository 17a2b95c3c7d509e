using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>The weights that a network had before fresh ones took their place: kept, in case nothing comes of it.</summary>
internal sealed class ReplacedWeights : IDisposable
{
    private readonly Dictionary<string, Tensor> live;
    private readonly nn.Module other;

    private ReplacedWeights(nn.Module network, nn.Module other) => (live, this.other) = (network.state_dict(), other);

    /// <summary>Puts fresh weights into a network that describes itself.</summary>
    /// <exception cref="InvalidOperationException">It does not, or its kind is not registered.</exception>
    internal static ReplacedWeights By(IDenoiser denoiser, ulong seed)
    {
        var (kind, description) = NetworkKinds.ToSave(denoiser);
        var weights = new ReplacedWeights(denoiser.Network!, kind.Create(description.Options, seed).Network!);
        weights.Swap();
        return weights;
    }

    /// <summary>The network has its old weights again.</summary>
    internal void PutBack() => Swap();

    /// <inheritdoc/>
    public void Dispose() => other.Dispose();

    private void Swap()
    {
        using var noGrad = no_grad();
        foreach (var (name, theirs) in other.state_dict())
        {
            using var kept = live[name].clone();
            live[name].copy_(theirs);
            theirs.copy_(kept);
        }
    }
}
