using Ddpm.Networks;

namespace Ddpm;

/// <summary>Another backend, asked so that an image has the same bits among any number of others.</summary>
internal sealed class FixedBatchBackend(int batch, IInferenceBackend inner) : IInferenceBackend
{
    internal IInferenceBackend Inner => inner;

    /// <inheritdoc/>
    public IDenoiser Compile(IDenoiser network, ImageShape image, int _)
    {
        var twin = inner.Compile(network, image, batch);
        return twin is CompiledDenoiser ? twin : new FixedBatchDenoiser(twin, batch, isOwned: twin != network);
    }
}
