namespace Ddpm.Networks;

/// <summary>Kernels of this library for a <see cref="UNet"/> that they can compute.</summary>
internal sealed class KernelBackend : IInferenceBackend
{
    /// <inheritdoc/>
    public IDenoiser Compile(IDenoiser network, ImageShape image, int batch)
    {
        ArgumentNullException.ThrowIfNull(network);
        return network is UNet unet && CompiledUNet.Knows(unet) ? new CompiledDenoiser(unet, batch) : network;
    }
}
