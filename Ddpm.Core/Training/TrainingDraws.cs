using Ddpm.Noise;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>Everything random about a step's batch: t, flips and noise, by (seed, step, place in the batch).</summary>
internal static class TrainingDraws
{
    private const ulong Times = 1, Flips = 2, Noise = 3, Dropout = 4, LabelDropout = 5, Offset = 6, SelfConditioning = 7, Angles = 8;

    /// <summary>t ~ U{0..T-1}, one an image.</summary>
    internal static int[] Steps(ulong seed, int step, int batch, int steps) =>
        [.. Enumerable.Range(0, batch).Select(i => (int)(Seeds.Mix(seed, Times, (ulong)step, (ulong)i) % (ulong)steps))];

    /// <summary>t ~ p, one an image, by its distribution function.</summary>
    /// <param name="p">p_t, above 0, which sum to 1.</param>
    /// <param name="seed">The run's.</param>
    /// <param name="step">The training step.</param>
    /// <param name="batch">Images.</param>
    internal static int[] StepsOf(IReadOnlyList<double> p, ulong seed, int step, int batch)
    {
        var below = new double[p.Count];        // the probability of all steps before t
        for (var t = 1; t < below.Length; t++)
            below[t] = below[t - 1] + p[t - 1];
        return [.. Enumerable.Range(0, batch).Select(i => Find(Seeds.Uniform(seed, Times, (ulong)step, (ulong)i)))];

        // The last t that begins at or below u.
        int Find(double u) => Array.BinarySearch(below, u) is var place && place >= 0 ? place : ~place - 1;
    }

    /// <summary>u ~ U(0, 1), one an image, neither 0 nor 1.</summary>
    internal static IEnumerable<double> Uniforms(ulong seed, int step, int batch) =>
        Enumerable.Range(0, batch).Select(i => Inside(Seeds.Uniform(seed, Times, (ulong)step, (ulong)i)));

    /// <summary>z ~ N(0, 1), one an image (Box and Muller 1958).</summary>
    internal static IEnumerable<double> Normals(ulong seed, int step, int batch) => Enumerable.Range(0, batch).Select(i =>
        Math.Sqrt(-2 * Math.Log(Inside(Seeds.Uniform(seed, Times, (ulong)step, (ulong)i))))
        * Math.Cos(2 * Math.PI * Seeds.Uniform(seed, Angles, (ulong)step, (ulong)i)));

    /// <summary>t = ⌊T ((u + i/N) mod 1)⌋, in whole numbers, so that no rounding puts two into one of N equal intervals.</summary>
    internal static int[] StratifiedSteps(ulong seed, int step, int batch, int steps)
    {
        var one = (UInt128)batch << 64;
        var offset = Seeds.Mix(seed, Times, (ulong)step) * (UInt128)batch;
        return [.. Enumerable.Range(0, batch).Select(i => (int)((UInt128)steps * ((offset + ((UInt128)i << 64)) % one) / one))];
    }

    /// <summary>ε ~ N(0, I), plus an offset times one draw for all pixels of an image's channel (Guttenberg 2023, offset noise).</summary>
    internal static Tensor NoiseLike(ulong seed, int step, Tensor x, double offset = 0, int first = 0)
    {
        using var scope = NewDisposeScope();
        var ε = Draw(Noise, x);
        if (offset > 0)
            ε.PlusInPlace(Draw(Offset, x[.., .., ..1, ..1]), offset);
        return ε.MoveToOuterDisposeScope();

        // An image's number is its place in the batch, whose part begins with the first.
        Tensor Draw(ulong purpose, Tensor like) =>
            new NoiseStream(new SeededNoise(Seeds.Mix(seed, purpose)), firstImage: first, firstDraw: step).DrawLike(like);
    }

    /// <summary>The seed of the draws that a part of the network makes itself.</summary>
    internal static ulong DropoutSeed(ulong seed, int step, int part) =>
        part == 0 ? Seeds.Mix(seed, Dropout, (ulong)step) : Seeds.Mix(seed, Dropout, (ulong)step, (ulong)part);

    /// <summary>Whether an image's condition is dropped, with a probability (Ho and Salimans 2022, algorithm 1).</summary>
    internal static bool DropsCondition(ulong seed, int step, int image, double probability) =>
        Seeds.Uniform(seed, LabelDropout, (ulong)step, (ulong)image) < probability;

    /// <summary>Whether a step's network is shown an estimate of x_0, with a probability (Chen et al. 2022, algorithm 1).</summary>
    internal static bool ShowsEstimate(ulong seed, int step, double probability) => Seeds.Uniform(seed, SelfConditioning, (ulong)step) < probability;

    /// <summary>Whether an image is mirrored: half of them are.</summary>
    internal static bool IsMirrored(ulong seed, int step, int image) => Seeds.Mix(seed, Flips, (ulong)step, (ulong)image) % 2 == 1;

    // The middle of one of 2^52 intervals, so that it is in (0, 1).
    private static double Inside(double uniform) => (Math.Floor(uniform * (1L << 52)) + 0.5) / (1L << 52);
}
