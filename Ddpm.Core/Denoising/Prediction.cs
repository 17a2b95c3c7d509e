using static TorchSharp.torch;

namespace Ddpm.Denoising;

/// <summary>What is known of x_t after asking the network. The tensors belong to the dispose scope of whoever asked.</summary>
/// <param name="X0">The clean image, [N, C, H, W], clipped if the predictor clips.</param>
/// <param name="Epsilon">The noise, [N, C, H, W]; unless kept from before the clipping it agrees with <paramref name="X0"/>: x_t = α x_0 + σ
/// ε.</param>
/// <param name="Variance">The network's second C channels, as they are, or null.</param>
public readonly record struct Prediction(Tensor X0, Tensor Epsilon, Tensor? Variance);
