namespace Ddpm;

/// <summary>
/// Makes a faster twin of a network for a run of a sampler: the same predictions by other means. <c>InferenceBackend</c> has the library's own;
/// derive others to compute with another program.
/// </summary>
public interface IInferenceBackend
{
    /// <summary>A denoiser that predicts what a network does.</summary>
    /// <param name="network">The network; it stays the caller's, and does not change while the twin is used.</param>
    /// <param name="image">C, H, W of the images that it will mostly be asked for; it may be asked for others.</param>
    /// <param name="batch">How many at once it will mostly be asked for, ≥ 1.</param>
    /// <returns>The twin, with the network's traits, which the caller disposes if it is disposable; or the network itself, if the backend cannot do
    /// better.</returns>
    IDenoiser Compile(IDenoiser network, ImageShape image, int batch);
}
