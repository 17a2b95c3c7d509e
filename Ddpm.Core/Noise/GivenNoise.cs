using static TorchSharp.torch;

namespace Ddpm.Noise;

/// <summary>Noise that a function gives, draw by draw: a recording, a formula, or zeros. It is told the draw, not the images.</summary>
/// <param name="noise">
/// From the number of the draw (0, 1, …) and the shape [N, C, H, W] to noise of that shape, a new tensor of any floating-point type.
/// </param>
public sealed class GivenNoise(Func<int, long[], Tensor> noise) : INoiseSource
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The target is not [N, C, H, W] of floating-point numbers, or the function gives another shape.</exception>
    public void Fill(Tensor target, long firstImage, long draw)
    {
        NoiseTarget.Check(target);
        using var scope = NewDisposeScope();
        NoiseTarget.Copy(noise(checked((int)draw), target.shape), target);
    }
}
