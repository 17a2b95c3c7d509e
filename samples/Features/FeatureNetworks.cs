namespace Ddpm.Samples;

/// <summary>What ONNX Runtime opens, for programs that have it.</summary>
internal static class FeatureNetworks
{
    /// <summary>A network by its file and input; null: the ResNet-18.</summary>
    public static IFeatureExtractor Open(string? file, FeatureInput input) =>
        file is null ? new ResNet18Features() : new OnnxFeatures(file, new() { Input = input });
}
