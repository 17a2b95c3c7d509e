using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Noise;

/// <summary>
/// Noise from generators of the caller's: one for the whole batch, or one for each image. With PyTorch's seeds it repeats PyTorch's CPU noise.
/// A generator goes on from call to call, whatever draw and image are asked for: the order of the calls decides.
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
    /// <exception cref="ArgumentException">
    /// The target is not [N, C, H, W] of floating-point numbers, or there are several generators, but not one an image.
    /// </exception>
    public void Fill(Tensor target, long firstImage, long draw)
    {
        NoiseTarget.Check(target);
        if (generators.Length != 1 && generators.Length != target.shape[0])
            throw new ArgumentException(
                $"There must be one generator, or one an image, but there are {generators.Length} for {target.shape[0]} images.", nameof(target));
        using var scope = NewDisposeScope();
        long[] share = [target.shape[0] / generators.Length, .. target.shape[1..]];
        NoiseTarget.Copy(cat(Array.ConvertAll(generators, generator => Next(generator, share))), target);
    }

    private static Tensor Next(Generator generator, long[] shape) => randn(shape, ScalarType.Float32, CPU, generator: generator);
}
