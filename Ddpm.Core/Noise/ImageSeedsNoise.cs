using Ddpm.Noise;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>Noise of images that each have a seed of their own: what goes through the network together may be of several requests.</summary>
/// <param name="images">Of each image its seed, and its number among those of the seed.</param>
internal sealed class ImageSeedsNoise(IReadOnlyList<(ulong Seed, long Image)> images) : INoiseSource
{
    /// <inheritdoc/>
    public void Fill(Tensor target, long firstImage, long draw)
    {
        NoiseTarget.Check(target);
        for (var row = 0; row < target.shape[0]; row++)
        {
            var (seed, image) = images[(int)firstImage + row];
            using var one = target.narrow(0, row, 1);
            new SeededNoise(seed).Fill(one, image, draw);
        }
    }
}
