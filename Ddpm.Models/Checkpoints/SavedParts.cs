namespace Ddpm;

/// <summary>The parts of a diffusion that a checkpoint says.</summary>
internal sealed record SavedParts(GaussianDiffusion Process, IDenoiser Denoiser, ISampler Sampler, PredictorOptions Prediction)
{
    /// <exception cref="InvalidOperationException">It is not a <see cref="UNet"/>.</exception>
    internal UNet Network => Denoiser as UNet
        ?? throw new InvalidOperationException($"Only a UNet can be saved, but the denoiser is a {Denoiser.GetType().Name}.");
}
