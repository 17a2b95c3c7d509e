using Ddpm.Evaluation;
using Ddpm.Samplers;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

public sealed partial class Diffusion
{
    /// <summary>
    /// How well the model compresses images: the variational bound in bits a value (Ho et al. 2020, equation 5). It takes one evaluation of the
    /// network for each step and batch.
    /// </summary>
    /// <param name="images">x_0, [N, C, H, W], levels of 1/127.5 from -1 to 1; they stay the caller's.</param>
    /// <param name="bound">Variance, steps, labels; null for all steps with the variance of the diffusion's sampler, if that is an
    /// <see cref="AncestralSampler"/>.</param>
    /// <param name="progress">Told the share done, above 0 to 1, after every step.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public BitsPerDimension BitsPerDimension(
        Tensor images, VariationalBound? bound = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        CheckImages(images, nameof(images));
        using var scope = NewDisposeScope();
        bound ??= new VariationalBound { Variance = (Sampler as AncestralSampler)?.Variance ?? default };
        return bound.Measure(Denoiser, Process.Path, images.to(ScalarType.Float32, Device), Prediction, progress, cancellationToken);
    }
}
