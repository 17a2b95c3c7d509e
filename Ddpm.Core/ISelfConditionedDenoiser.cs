using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// A denoiser that can be shown an estimate of x_0 beside x_t: while sampling, what it said in the evaluation before (Chen, Zhang and Hinton 2022,
/// "Analog Bits", section 3.2, self-conditioning).
/// </summary>
public interface ISelfConditionedDenoiser : IDenoiser
{
    /// <summary>Whether it takes an estimate. One that does not is asked without, in training and in sampling.</summary>
    bool TakesEstimate { get; }

    /// <summary>As <see cref="IDenoiser.Predict"/>, shown an estimate of x_0 too.</summary>
    /// <param name="x">x_t, float32 [N, C, H, W].</param>
    /// <param name="t">The step of each image, float32 [N] (float64 if x is), 0-based. May be fractional.</param>
    /// <param name="labels">The class of each image, int64 [N]; null for a network without classes.</param>
    /// <param name="x0">The estimate of x_0, [N, C, H, W], about -1 to 1, without gradient; null: none, which is zeros.</param>
    /// <returns>ε, [N, C, H, W]; or [N, 2C, H, W], whose second half tells the variance. A new tensor that the caller owns.</returns>
    Tensor Predict(Tensor x, Tensor t, Tensor? labels, Tensor? x0);

    Tensor IDenoiser.Predict(Tensor x, Tensor t, Tensor? labels) => Predict(x, t, labels, x0: null);
}
