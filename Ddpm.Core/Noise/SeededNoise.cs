using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>Noise by (seed, sample index, draw): image k gets the same bits whatever the batch size and the device.</summary>
/// <param name="seed">Any number.</param>
/// <param name="firstSample">The index of the batch's first image in the whole run.</param>
public sealed class SeededNoise(ulong seed, long firstSample = 0) : INoiseSource
{
    private ulong draw;

    /// <inheritdoc/>
    public Tensor Draw(ReadOnlySpan<long> shape)
    {
        using var scope = NewDisposeScope();
        var draws = new Tensor[shape[0]];
        for (var i = 0; i < draws.Length; i++)
        {
            using var generator = new Generator(Seeds.Mix(seed, (ulong)(firstSample + i), draw));
            draws[i] = torch.randn(shape[1..], ScalarType.Float32, CPU, generator: generator);
        }
        draw++;
        return torch.stack(draws).MoveToOuterDisposeScope();
    }
}
