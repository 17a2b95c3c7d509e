using static TorchSharp.torch;

namespace Ddpm.Tests;

/// <summary>Losses, targets and x_0 at whole steps, one an image.</summary>
internal static class LossExtensions
{
    internal static Tensor PerImage(
        this TrainingLoss loss, GaussianDiffusion process, IDenoiser denoiser, Tensor x0, IReadOnlyList<int> t, Tensor noise, Tensor? labels = null,
        bool showEstimate = false, Parameterization? parameterization = null) =>
        loss.PerImage(
            process, denoiser, parameterization ?? Parameterization.Epsilon, x0, Points(process, t), noise,
            labels is null ? null : new Conditioning { Labels = labels }, showEstimate);

    internal static Tensor Target(this Parameterization parameterization, GaussianDiffusion process, Tensor x0, IReadOnlyList<int> t, Tensor noise) =>
        parameterization.Target(x0, noise, new PointBatch(Points(process, t)));

    internal static Tensor X0Of(this Parameterization parameterization, GaussianDiffusion process, Tensor xt, Tensor output, IReadOnlyList<int> t) =>
        parameterization.X0Of(xt, output, new PointBatch(Points(process, t)));

    /// <summary>The mean loss of a batch (Ho et al. 2020, Algorithm 1, line 5).</summary>
    internal static Tensor Loss(
        this GaussianDiffusion process, IDenoiser denoiser, Tensor x0, IReadOnlyList<int> t, Tensor noise, LossKind kind = LossKind.L2,
        Parameterization? parameterization = null) =>
        new TrainingLoss { Kind = kind }.PerImage(process, denoiser, x0, t, noise, parameterization: parameterization).mean();

    private static DiffusionPoint[] Points(GaussianDiffusion process, IReadOnlyList<int> t) => [.. t.Select(process.Path.At)];
}
