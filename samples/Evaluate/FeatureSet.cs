using Ddpm.Evaluation;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>The features of a set of images, and their statistics: of all, and of disjoint parts, which tell how much chance there is in them.</summary>
internal sealed class FeatureSet(FeatureFile file, FeatureStatistics statistics, IReadOnlyList<FeatureStatistics> parts) : IDisposable
{
    public int Count => file.Count;

    public FeatureStatistics Statistics { get; } = statistics;

    /// <summary>Image k is in part k modulo their number. Empty where they would take too much memory or too few images.</summary>
    public IReadOnlyList<FeatureStatistics> Parts { get; } = parts;

    /// <summary>float32 [count, D]; the caller owns them.</summary>
    public Tensor Read(int first, int count) => file.Read(first, count);

    /// <summary>The first images, at most so many.</summary>
    public Tensor First(int most) => file.Read(0, Math.Min(most, Count));

    public void Dispose() => file.Dispose();
}
