using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// Noise from generators of the caller's: one for the whole batch, or one for each image. With PyTorch's seeds it repeats PyTorch's CPU noise.
/// </summary>
public sealed class GeneratorNoise : INoiseSource
{
    private readonly Generator[] generators;

    /// <summary>Draws from generators, which stay the caller's.</summary>
    /// <param name="generators">One CPU generator, which draws [N, C, H, W] at once; or N, each of which draws [1, C, H, W].</param>
    public GeneratorNoise(params Generator[] generators)
    {
        ArgumentNullException.ThrowIfNull(generators);
        if (generators.Length == 0)
            throw new ArgumentException("There must be at least one generator.", nameof(generators));
        this.generators = generators;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There are several generators, but not one an image.</exception>
    public Tensor Draw(ReadOnlySpan<long> shape)
    {
        if (generators.Length == 1)
            return torch.randn(shape, ScalarType.Float32, CPU, generator: generators[0]);
        if (generators.Length != shape[0])
            throw new ArgumentException(
                $"There must be one generator, or one an image, but there are {generators.Length} for {shape[0]} images.", nameof(shape));
        using var scope = NewDisposeScope();
        var single = shape.ToArray();
        single[0] = 1;
        return torch.cat(Array.ConvertAll(generators, generator => torch.randn(single, ScalarType.Float32, CPU, generator: generator)))
            .MoveToOuterDisposeScope();
    }
}
