using static TorchSharp.torch;

namespace Ddpm;

/// <summary>Short ways to ask a network.</summary>
public static class DenoiserExtensions
{
    /// <summary>Asks with labels, and maybe an estimate of x_0.</summary>
    /// <param name="denoiser">The network.</param>
    /// <param name="x">float32 [N, C, H, W].</param>
    /// <param name="t">float32 [N].</param>
    /// <param name="labels">The class of each image, int64 [N]; null: none.</param>
    /// <param name="estimate">x_0 as it is taken to be, [N, C, H, W]; null: none.</param>
    /// <returns>As <see cref="IDenoiser.Predict"/>; the caller owns it.</returns>
    public static Tensor Predict(this IDenoiser denoiser, Tensor x, Tensor t, Tensor? labels, Tensor? estimate = null)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        return denoiser.Predict(x, t, labels is null && estimate is null ? null : new Conditioning { Labels = labels, Estimate = estimate });
    }

    /// <summary>Where a network's weights are; null: it has none.</summary>
    internal static Device? Home(this IDenoiser denoiser) => denoiser.Network?.parameters().FirstOrDefault()?.device;
}
