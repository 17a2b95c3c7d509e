using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>
/// 512 features of a ResNet-18 that learned ImageNet, of the package Microsoft.ML.DnnImageFeaturizer.ResNet18 (MIT). Any .NET program gets the same
/// ones. A distance between them is the "Fréchet ResNet-18 distance", and no FID: its figures compare with none of papers.
/// <para>
/// Its first network takes planes of red, green and blue, 0 to 255, 224 x 224, and takes ImageNet's mean image from blue, green and red; the second
/// gives the averages before the classes. How images become 224 x 224 is left to its users: here as clean-fid resizes.
/// </para>
/// </summary>
internal sealed class ResNet18Features : IFeatureExtractor, IDisposable
{
    internal const string Distance = "Fréchet ResNet-18 distance";

    private const string PreparationHash = "84bf8def78d0befaa3f6e73745d57d7016c6a192ead76f79686bd438c1047004";
    private const string NetworkHash = "e2552f19db2dfdb01b3669537b6a0f1b44da38d18279535492ed5dfc2ef1ff8f";

    private readonly OnnxFeatures features;

    /// <summary>Loads the two networks.</summary>
    /// <param name="folder">Where they are; null: beside the program.</param>
    /// <param name="threads">Images that are worked on side by side; null: as many as there are processors.</param>
    /// <exception cref="FileNotFoundException">One is not there.</exception>
    /// <exception cref="DataFormatException">They are not those of the package.</exception>
    public ResNet18Features(string? folder = null, int? threads = null)
    {
        folder ??= Path.Combine(AppContext.BaseDirectory, "DnnImageModels");
        var (preparation, network) = (Path.Combine(folder, "ResNetPreprocess.onnx"), Path.Combine(folder, "ResNet18.onnx"));
        var first = OnnxModel.Load(preparation, PreparationHash);
        try
        {
            features = new([first, OnnxModel.Load(network, NetworkHash)], network, new()
            {
                Name = "ResNet-18 (Microsoft.ML.DnnImageFeaturizer 0.23.1)",
                Input = new() { Range = PixelRange.Numbers, Side = 224, Resize = ImageResize.PillowBicubic },
                Threads = threads,
            });
        }
        catch
        {
            first.Dispose();
            throw;
        }
    }

    public FeatureSpace Space => features.Space;

    public Tensor Extract(Tensor images) => features.Extract(images);

    public void Dispose() => features.Dispose();
}
