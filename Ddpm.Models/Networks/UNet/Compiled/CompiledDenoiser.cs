using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>A UNet that is asked by its compiled twin, which several users may share.</summary>
internal sealed class CompiledDenoiser(UNet network) : DelegatingDenoiser(network), IDisposable
{
    private readonly UNetTwins.Lease lease = network.Twins.Take();

    /// <inheritdoc/>
    public override Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
    {
        UNetInput.Check(network.Options, x, t, conditioning);
        return x.dtype == ScalarType.Float32 && x.numel() > 0 ? lease.Twin.Predict(x, t, conditioning) : base.Predict(x, t, conditioning);
    }

    /// <inheritdoc/>
    public void Dispose() => lease.Dispose();
}
