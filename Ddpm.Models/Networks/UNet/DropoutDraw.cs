using Ddpm.Noise;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>Which values are dropped, at one place in one pass.</summary>
internal readonly record struct DropoutDraw(double Probability, ulong Key, int FirstImage)
{
    /// <summary>Drops values and scales the rest by 1/(1-p), so that the mean stays.</summary>
    /// <param name="x">[N, C, H, W].</param>
    internal Tensor Apply(Tensor x) =>
        Probability == 0 ? x : x * BernoulliMask.Draw(Key, x.shape, 1 - Probability, x.dtype, x.device, FirstImage);

    /// <summary>The same by a rule; null: nothing is dropped.</summary>
    /// <param name="shape">[N, C, H, W].</param>
    internal MaskRule? Mask(ReadOnlySpan<long> shape) =>
        Probability == 0 ? null : BernoulliMask.Rule(Key, shape, 1 - Probability, FirstImage);
}
