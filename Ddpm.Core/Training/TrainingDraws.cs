using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>Everything random about a step's batch: t, flips and noise, by (seed, step, place in the batch).</summary>
internal static class TrainingDraws
{
    private const ulong Times = 1, Flips = 2, Noise = 3, Dropout = 4, LabelDropout = 5, Offset = 6, SelfConditioning = 7;

    /// <summary>t ~ U{0..T-1}, one an image.</summary>
    internal static int[] Steps(ulong seed, int step, int batch, int steps) =>
        [.. Enumerable.Range(0, batch).Select(i => (int)(Seeds.Mix(seed, Times, (ulong)step, (ulong)i) % (ulong)steps))];

    /// <summary>ε ~ N(0, I), plus an offset times one draw for all pixels of an image's channel (Guttenberg 2023, offset noise).</summary>
    internal static Tensor NoiseLike(ulong seed, int step, Tensor x, double offset = 0)
    {
        using var scope = NewDisposeScope();
        var ε = new SeededNoise(Seeds.Mix(seed, Noise, (ulong)step)).DrawLike(x);
        if (offset > 0)
            ε.add_(new SeededNoise(Seeds.Mix(seed, Offset, (ulong)step)).Draw([x.shape[0], x.shape[1], 1, 1]).to(x.device), alpha: offset);
        return ε.MoveToOuterDisposeScope();
    }

    internal static ulong DropoutSeed(ulong seed, int step) => Seeds.Mix(seed, Dropout, (ulong)step);

    /// <summary>Puts the null class in place of each label with a probability (Ho and Salimans 2022, algorithm 1).</summary>
    internal static int[] DropLabels(ulong seed, int step, int[] labels, double probability, int nullClass) =>
        [.. labels.Select((label, i) => Seeds.Uniform(seed, LabelDropout, (ulong)step, (ulong)i) < probability ? nullClass : label)];

    /// <summary>Whether a step's network is shown an estimate of x_0, with a probability (Chen et al. 2022, algorithm 1).</summary>
    internal static bool ShowsEstimate(ulong seed, int step, double probability) => Seeds.Uniform(seed, SelfConditioning, (ulong)step) < probability;

    /// <summary>Mirrors each image with probability 1/2.</summary>
    internal static Tensor Flip(ulong seed, int step, Tensor x)
    {
        using var scope = NewDisposeScope();
        var mirrored = Enumerable.Range(0, (int)x.shape[0]).Select(i => Seeds.Mix(seed, Flips, (ulong)step, (ulong)i) % 2 == 1).ToArray();
        var choose = torch.tensor(mirrored).view(-1, 1, 1, 1).to(x.device);
        return where(choose, x.flip(3), x).MoveToOuterDisposeScope();
    }
}
