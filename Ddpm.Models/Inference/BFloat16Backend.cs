using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>A copy of the network in bfloat16.</summary>
internal sealed class BFloat16Backend : IInferenceBackend
{
    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The network does not describe itself, or its kind is not registered.</exception>
    public IDenoiser Compile(IDenoiser network, ImageShape image, int batch)
    {
        ArgumentNullException.ThrowIfNull(network);
        var (kind, description) = NetworkKinds.ToSave(network);
        var copy = kind.Create(description.Options, seed: 0);
        using (no_grad())
        {
            var weights = copy.Network!.state_dict();
            foreach (var (name, weight) in network.Network!.state_dict())
                weights[name].copy_(weight);
            copy.Network.to(network.Home() ?? CPU).to(ScalarType.BFloat16).eval();
        }
        return new Twin(copy);
    }

    /// <summary>What speaks against a backend on a device; null: nothing.</summary>
    internal static string? Warning(IInferenceBackend backend, Device device, bool hasNoInstructions) => backend switch
    {
        FixedBatchBackend of => Warning(of.Inner, device, hasNoInstructions),
        BFloat16Backend when hasNoInstructions && device.type == DeviceType.CPU =>
            ProcessorBFloat16.Slows("sampling"),
        _ => null,
    };

    private sealed class Twin(IDenoiser copy) : DelegatingDenoiser(new BFloat16Denoiser(copy)), IDisposable
    {
        public void Dispose() => Network!.Dispose();
    }
}
