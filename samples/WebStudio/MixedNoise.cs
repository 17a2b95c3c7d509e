using Ddpm.Noise;
using static TorchSharp.torch;

namespace Ddpm.Samples.WebStudio;

/// <summary>
/// The noise of a seed's first image, of another's, and of mixes between them: cos θ a + sin θ b, which is N(0, I) again for every θ. All draws are
/// mixed, so that the ends are the images of their seeds with samplers that draw noise, too.
/// </summary>
/// <param name="first">The seed of image 0.</param>
/// <param name="second">The seed of the last image.</param>
/// <param name="count">Images, ≥ 2.</param>
internal sealed class MixedNoise(ulong first, ulong second, int count) : INoiseSource
{
    /// <inheritdoc/>
    public void Fill(Tensor target, long firstImage, long draw)
    {
        using var scope = NewDisposeScope();
        var (a, b) = (Of(first), Of(second));
        for (var row = 0; row < target.shape[0]; row++)
        {
            var θ = Math.PI / 2 * (firstImage + row) / (count - 1);
            // Not by the sine and cosine of the ends, which are 0 but for rounding.
            var mix = firstImage + row == 0 ? a : firstImage + row == count - 1 ? b : Math.Cos(θ) * a + Math.Sin(θ) * b;
            target.narrow(0, row, 1).copy_(mix);
        }

        Tensor Of(ulong seed)
        {
            var noise = empty_like(target.narrow(0, 0, 1));
            new SeededNoise(seed).Fill(noise, 0, draw);
            return noise;
        }
    }
}
