using static TorchSharp.torch;

namespace Ddpm;

/// <summary>ε_θ(x_t, t): any network, or an exact formula. One that can be trained also derives from <see cref="nn.Module"/>.</summary>
public interface IDenoiser
{
    /// <summary>Predicts the noise in <paramref name="x"/>; or x_0, or v (<see cref="PredictionType"/>).</summary>
    /// <param name="x">x_t, float32 [N, C, H, W].</param>
    /// <param name="t">The step of each image, float32 [N] (float64 if x is), 0-based: 0 is the paper's t = 1. May be fractional.</param>
    /// <param name="labels">The class of each image, int64 [N]; null for a network without classes.</param>
    /// <returns>ε, [N, C, H, W]; or [N, 2C, H, W], whose second half tells the variance. A new tensor that the caller owns.</returns>
    Tensor Predict(Tensor x, Tensor t, Tensor? labels = null);
}
