using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Distributed;

/// <summary>A network of float64, shown images of float32.</summary>
internal sealed class InDouble(IDenoiser inner) : DelegatingDenoiser(inner)
{
    public override Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
    {
        using var scope = NewDisposeScope();
        return base.Predict(x.to(ScalarType.Float64), t.to(ScalarType.Float64), conditioning).MoveToOuterDisposeScope();
    }
}
