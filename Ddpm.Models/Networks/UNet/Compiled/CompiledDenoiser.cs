using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>A UNet that is asked by its compiled twin, which several users may share.</summary>
/// <param name="network">The network.</param>
/// <param name="batch">How many images kernels are chosen for. What is predicted of an image has the same bits among any number of others.</param>
internal sealed class CompiledDenoiser(UNet network, int batch) : DelegatingDenoiser(network), IDisposable
{
    private readonly UNetTwins.Lease lease = network.Twins.Take();

    /// <inheritdoc/>
    public override Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
    {
        UNetInput.Check(network.Options, x, t, conditioning);
        var isKnown = x.numel() > 0 && IsKnown(x) && IsKnown(t) && IsKnown(conditioning?.Estimate) && IsKnown(conditioning?.Image);
        return isKnown ? lease.Twin.Predict(x, t, conditioning, batch) : base.Predict(x, t, conditioning);
    }

    // Kernels read memory as it is said to be; nor do they have gradients.
    private static bool IsKnown(Tensor? given) =>
        given is null || (given.device_type == DeviceType.CPU && given.dtype == ScalarType.Float32 && !(given.requires_grad && is_grad_enabled()));

    /// <inheritdoc/>
    public void Dispose() => lease.Dispose();
}
