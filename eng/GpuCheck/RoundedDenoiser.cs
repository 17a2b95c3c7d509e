using Ddpm.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.GpuCheck;

/// <summary>Shows a network with bfloat16 weights images of that type, and gives what it says as float32.</summary>
internal sealed class RoundedDenoiser(IDenoiser inner) : DelegatingDenoiser(inner)
{
    public override Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
    {
        using var scope = NewDisposeScope();
        return base.Predict(x.to(ScalarType.BFloat16), t, conditioning).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }
}
