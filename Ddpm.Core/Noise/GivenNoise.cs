using static TorchSharp.torch;

namespace Ddpm;

/// <summary>Noise that a function gives, draw by draw: a recording, a formula, or zeros.</summary>
/// <param name="draw">From the number of the draw (0, 1, …) and the shape [N, C, H, W] to float32 noise of that shape, a new tensor.</param>
public sealed class GivenNoise(Func<int, long[], Tensor> draw) : INoiseSource
{
    private int next;

    /// <inheritdoc/>
    public Tensor Draw(ReadOnlySpan<long> shape) => draw(next++, shape.ToArray());
}
