using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>Shows a network with bfloat16 weights images of that type, and gives what it says as float32. What it is told of time stays
/// float32.</summary>
internal sealed class BFloat16Denoiser(IDenoiser inner) : DelegatingDenoiser(inner)
{
    public override Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
    {
        using var scope = NewDisposeScope();
        return base.Predict(Rounded(x), t, conditioning?.Map(Rounded)).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    // Labels are whole numbers and stay so.
    private static Tensor Rounded(Tensor tensor) => tensor.is_floating_point() ? tensor.to(ScalarType.BFloat16) : tensor;
}
