namespace Ddpm.Noise;

/// <summary>Independent streams from one seed: each purpose, step and sample has a seed of its own.</summary>
internal static class Seeds
{
    /// <summary>Mixes a seed with the numbers that name a stream (SplitMix64's finaliser, Steele et al. 2014).</summary>
    internal static ulong Mix(ulong seed, params ReadOnlySpan<ulong> names)
    {
        var state = Finish(seed + Golden);
        foreach (var name in names)
            state = Finish(state + Golden + Finish(name));
        return state;
    }

    /// <summary>A number in [0, 1) of 53 random bits.</summary>
    internal static double Uniform(ulong seed, params ReadOnlySpan<ulong> names) => (Mix(seed, names) >> 11) * (1.0 / (1L << 53));

    private const ulong Golden = 0x9E3779B97F4A7C15;

    private static ulong Finish(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
