using static TorchSharp.torch;

namespace Ddpm;

/// <summary>Where noise comes from: a seed and the sample's index (<see cref="SeededNoise"/>, the default), generators, or given tensors.</summary>
public interface INoiseSource
{
    /// <summary>The next draw from N(0, I).</summary>
    /// <param name="shape">[N, C, H, W].</param>
    /// <returns>float32 on the CPU, so that it does not depend on the device; the caller owns it.</returns>
    Tensor Draw(ReadOnlySpan<long> shape);
}
