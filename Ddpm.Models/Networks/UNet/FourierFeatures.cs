using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>
/// [sin, cos] of 2π w ln t with w ~ N(0, 16²), drawn once and not trained (Song et al. 2021, "Score-based generative modeling", appendix C.1).
/// </summary>
internal sealed class FourierFeatures : nn.Module<Tensor, Tensor>
{
    internal const double Scale = 16;

    private readonly Parameter weight;

    internal FourierFeatures(UNetOptions options, Device? device)
        : base(nameof(FourierFeatures))
    {
        weight = new Parameter(zeros(options.TimeFeatures, device: device), requires_grad: false);
        RegisterComponents();
    }

    /// <param name="t">float32 [N], above 0, may be fractional: a noise level, not the step, which begins at 0.</param>
    /// <returns>[N, 2 features].</returns>
    public override Tensor forward(Tensor t)
    {
        using var scope = NewDisposeScope();
        // From left to right in float32, as those who trained with it computed it.
        var angles = (t.to(ScalarType.Float32).log().unsqueeze(1) * weight.unsqueeze(0)).Times(2).Times(Math.PI);
        return cat([angles.sin(), angles.cos()], dim: 1).MoveToOuterDisposeScope();
    }
}
