using Ddpm.Networks;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// ε_θ(x_t, t): any network, or an exact formula. A network that can be trained also derives from <see cref="nn.Module"/>, or names one
/// (<see cref="Network"/>). Whoever wraps another denoiser derives from <see cref="DelegatingDenoiser"/>.
/// </summary>
public interface IDenoiser
{
    /// <summary>Predicts what its <see cref="Parameterization"/> says: the noise in <paramref name="x"/>, or x_0, v, …</summary>
    /// <param name="x">What the network is shown, float32 [N, C, H, W]: x_t, scaled as the parameterization says.</param>
    /// <param name="t">What the network is told of time, float32 [N] (float64 if x is): the step, 0-based (0 is the paper's t = 1) and maybe
    /// fractional, or another number that the parameterization says.</param>
    /// <param name="conditioning">What else it is given: labels, an estimate of x_0, embeddings, an image; null: nothing.</param>
    /// <returns>[N, C, H, W]; or [N, 2C, H, W], whose second half tells the variance. A new tensor that the caller owns.</returns>
    Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null);

    /// <summary>What the network is. <see cref="NetworkTraits.Unknown"/> by default: it is asked without labels, and faults show late.</summary>
    NetworkTraits Traits => NetworkTraits.Unknown;

    /// <summary>
    /// The module that holds its weights, which are trained, moved and saved; by default itself, if it is one. null: it is a formula.
    /// </summary>
    nn.Module? Network => this as nn.Module;

    /// <summary>How it is made again, so that it can be saved and loaded; null by default: it cannot.</summary>
    NetworkDescription? Description => null;
}
