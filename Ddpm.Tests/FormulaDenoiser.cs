using static TorchSharp.torch;

namespace Ddpm.Tests;

/// <summary>A denoiser that is a formula of x and t [N, 1, 1, 1].</summary>
internal sealed class FormulaDenoiser(Func<Tensor, Tensor, Tensor> formula) : IDenoiser
{
    public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
    {
        using var scope = NewDisposeScope();
        return formula(x, t.view(-1, 1, 1, 1)).MoveToOuterDisposeScope();
    }

    /// <summary>ε of x_t when x_0 ~ N(0, deviation²), exactly: σ/(α² s² + σ²) · x_t.</summary>
    internal static FormulaDenoiser OfGaussian(DiffusionPath path, double deviation) => new((x, t) =>
    {
        var point = path.At((double)t.flatten()[0].item<float>());
        return x * (point.Sigma / (point.AlphaBar * deviation * deviation + point.Sigma * point.Sigma));
    });
}
