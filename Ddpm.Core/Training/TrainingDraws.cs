using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>Everything random about a step's batch: t, flips and noise, by (seed, step, place in the batch).</summary>
internal static class TrainingDraws
{
    private const ulong Times = 1, Flips = 2, Noise = 3, Dropout = 4;

    /// <summary>t ~ U{0..T-1}, one an image.</summary>
    internal static int[] Steps(ulong seed, int step, int batch, int steps) =>
        [.. Enumerable.Range(0, batch).Select(i => (int)(Seeds.Mix(seed, Times, (ulong)step, (ulong)i) % (ulong)steps))];

    internal static Tensor NoiseLike(ulong seed, int step, Tensor x) => new SeededNoise(Seeds.Mix(seed, Noise, (ulong)step)).DrawLike(x);

    internal static ulong DropoutSeed(ulong seed, int step) => Seeds.Mix(seed, Dropout, (ulong)step);

    /// <summary>Mirrors each image with probability 1/2.</summary>
    internal static Tensor Flip(ulong seed, int step, Tensor x)
    {
        using var scope = NewDisposeScope();
        var mirrored = Enumerable.Range(0, (int)x.shape[0]).Select(i => Seeds.Mix(seed, Flips, (ulong)step, (ulong)i) % 2 == 1).ToArray();
        var choose = torch.tensor(mirrored).view(-1, 1, 1, 1).to(x.device);
        return where(choose, x.flip(3), x).MoveToOuterDisposeScope();
    }
}
