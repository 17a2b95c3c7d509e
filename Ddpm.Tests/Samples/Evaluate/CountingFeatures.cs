using static TorchSharp.torch;

namespace Ddpm.Tests.Samples.Evaluate;

/// <summary>Two features, the mean of an image's bytes and their largest; how often they were asked for is counted.</summary>
internal sealed class CountingFeatures(Action<int>? extracting = null) : IFeatureExtractor
{
    public int Calls { get; private set; }

    public FeatureSpace Space { get; init; } = new("mean and largest", 2);

    public Tensor Extract(Tensor images)
    {
        extracting?.Invoke(++Calls);
        using var scope = NewDisposeScope();
        var numbers = images.to(ScalarType.Float32).flatten(1);
        return stack([numbers.mean([1]), numbers.amax([1])], 1).MoveToOuterDisposeScope();
    }
}
