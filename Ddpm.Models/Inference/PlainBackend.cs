namespace Ddpm.Networks;

/// <summary>The network itself.</summary>
internal sealed class PlainBackend : IInferenceBackend
{
    /// <inheritdoc/>
    public IDenoiser Compile(IDenoiser network, ImageShape image, int batch) => network;
}
