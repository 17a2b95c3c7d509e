using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>
/// A denoiser that wraps another: by default it is all that the other is, so that it trains, samples with labels and guidance, and is saved as the
/// other would be. Derive from it to log, count, cache or change what goes in and out. The inner one stays its maker's.
/// </summary>
/// <param name="inner">The network that is wrapped.</param>
public abstract class DelegatingDenoiser(IDenoiser inner) : IDenoiser
{
    /// <summary>The network that is wrapped.</summary>
    protected IDenoiser Inner { get; } = inner ?? throw new ArgumentNullException(nameof(inner));

    /// <inheritdoc/>
    public virtual NetworkTraits Traits => Inner.Traits;

    /// <inheritdoc/>
    public virtual nn.Module? Network => Inner.Network;

    /// <inheritdoc/>
    public virtual NetworkDescription? Description => Inner.Description;

    /// <inheritdoc/>
    public virtual Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null) => Inner.Predict(x, t, conditioning);
}
