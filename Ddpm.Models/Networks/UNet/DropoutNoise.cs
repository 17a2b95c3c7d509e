using Ddpm.Noise;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>
/// Dropout (Srivastava et al. 2014) by a seed of the network's own, so that training can be repeated on any device. One for all blocks.
/// </summary>
internal sealed class DropoutNoise(double probability)
{
    private ulong seed, draws;
    private int first;

    internal void Reseed(ulong value, int firstImage = 0) => (seed, draws, first) = (value, 0, firstImage);

    /// <summary>Drops values and scales the rest by 1/(1-p), so that the mean stays.</summary>
    /// <param name="x">[N, C, H, W].</param>
    internal Tensor Apply(Tensor x) =>
        probability == 0 ? x : x * BernoulliMask.Draw(Seeds.Mix(seed, draws++), x.shape, 1 - probability, x.dtype, x.device, first);
}
