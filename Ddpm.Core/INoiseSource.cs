using Ddpm.Noise;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// Where noise comes from: a seed (<see cref="SeededNoise"/>, the default), generators, or given tensors. A source has no state that matters: any
/// draw of any image can be had at any time. Only <see cref="GeneratorNoise"/> draws in the order of the calls.
/// </summary>
public interface INoiseSource
{
    /// <summary>Fills a tensor with a draw from N(0, I).</summary>
    /// <param name="target">[N, C, H, W] of any floating-point type, on any device; it stays the caller's.</param>
    /// <param name="firstImage">The number, in the whole run, of the target's first image; the others follow. At least 0.</param>
    /// <param name="draw">The number of the draw, at least 0. Draws are independent of each other.</param>
    /// <exception cref="ArgumentException">The target is not [N, C, H, W] of floating-point numbers.</exception>
    void Fill(Tensor target, long firstImage, long draw);
}
