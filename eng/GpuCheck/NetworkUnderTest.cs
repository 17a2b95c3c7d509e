using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.GpuCheck;

/// <summary>A network whose weights are the same on every machine, and not zero, as fresh ones are in the last layer.</summary>
internal sealed record NetworkUnderTest(string Name, UNetOptions Options)
{
    public static IReadOnlyList<NetworkUnderTest> All { get; } = [new("small", UNetOptions.Small), new("cifar10", UNetOptions.Cifar10)];

    /// <summary>A new network, in evaluation; it belongs to the caller.</summary>
    public UNet Make(Device device, ComputeForm? form = null)
    {
        var network = new UNet(Options);
        using var noGrad = no_grad();
        using var generator = new Generator(7);
        foreach (var parameter in network.parameters())
            if (parameter.dim() > 1)
                parameter.normal_(0, 1 / Math.Sqrt(parameter.numel() / parameter.shape[0]), generator);
        network.eval();
        network.to(device);
        if (form?.Type is ScalarType.BFloat16)
            network.to(ScalarType.BFloat16);
        network.ChannelsLastOnGpu = form?.ChannelsLast ?? false;
        return network;
    }

    /// <summary>A diffusion that asks it; the network stays the caller's.</summary>
    public Diffusion Sampler(UNet network, ComputeForm form) => new DiffusionBuilder()
        .WithDenoiser(form.Type == ScalarType.BFloat16 ? new RoundedDenoiser(network) : network, Options.Image)
        .Build();
}
