using TorchSharp;

namespace Ddpm.Samples;

/// <summary>What --weights names: a saved model or a pipeline's folder, or a file of weights of any layout that the library knows.</summary>
internal static class ModelSource
{
    public static Diffusion Open(string? weights, string? network, INoiseSchedule schedule, torch.Device device) => Describe(weights, network, schedule).WithDevice(device).Build();

    private static DiffusionBuilder Describe(string? weights, string? network, INoiseSchedule schedule)
    {
        if (weights is null)
            throw new ArgumentException("--weights must name a saved model's folder or a file of weights; samples/QuickStart writes one to out/quickstart/model.");
        if (Directory.Exists(weights))
            return DiffusionBuilder.FromPretrained(weights);
        // A file says nothing of the process.
        var builder = network is null ? DiffusionBuilder.FromPretrained(weights) : new DiffusionBuilder().WithUNet(CommonOptions.NetworkOptions(network)).WithWeights(weights);
        return builder.WithSchedule(schedule);
    }
}
