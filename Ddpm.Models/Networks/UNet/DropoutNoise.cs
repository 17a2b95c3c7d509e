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

    /// <summary>The next draw, by which the same values can be dropped again.</summary>
    internal DropoutDraw Next() => new(probability, probability == 0 ? 0 : Seeds.Mix(seed, draws++), first);

    /// <inheritdoc cref="DropoutDraw.Apply"/>
    internal Tensor Apply(Tensor x) => Next().Apply(x);
}
