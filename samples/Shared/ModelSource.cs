using TorchSharp;

namespace Ddpm.Samples;

/// <summary>What --weights names: a folder that Diffusion.Save wrote, or a file of weights for a network that the other flags describe.</summary>
internal static class ModelSource
{
    public static Diffusion Open(string? weights, string network, INoiseSchedule schedule, torch.Device device)
    {
        if (weights is null)
            throw new ArgumentException("--weights must name a saved model's folder or a .safetensors file; samples/QuickStart writes one to out/quickstart/model.");
        if (Directory.Exists(weights))
            return DiffusionBuilder.FromFolder(weights).WithDevice(device).Build();
        var builder = new DiffusionBuilder().WithSchedule(schedule).WithUNet(CommonOptions.NetworkOptions(network)).WithWeights(weights).WithDevice(device);
        // The reference programs do not clip x_0 and use the small variance.
        return (network == "reference" ? builder.WithClipping(null).WithAncestralSampler(AncestralVariance.FixedSmall) : builder).Build();
    }
}
