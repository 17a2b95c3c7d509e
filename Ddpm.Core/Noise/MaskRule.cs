using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ddpm.Noise;

/// <summary>Value i of a mask as a function of a key and i, in 32-bit whole numbers: a mixture of their bits is compared with a limit.</summary>
internal readonly struct MaskRule
{
    // Multipliers that mix well (Wellons 2018 searched for such), and the golden ratio, which spreads neighbours.
    internal const uint Golden = 0x9E3779B1, First = 0x21F0AAAD, Second = 0x735A2D97, Third = 0x846CA68B;
    internal const int LongShift = 16, ShortShift = 15;

    /// <param name="key">Another key gives another mask.</param>
    /// <param name="keep">The probability to keep a value, above 0 to 1.</param>
    /// <param name="first">The place from which the count begins.</param>
    internal MaskRule(ulong key, double keep, uint first = 0)
    {
        Start = unchecked((uint)key + first * Golden);
        Middle = (uint)(key >> 32);
        // The share of all 32-bit numbers that are at most this.
        Limit = (int)Math.Clamp(Math.Round(keep * (1L << 32)) - (1L << 31) - 1, int.MinValue, int.MaxValue);
        Kept = (float)(1 / keep);
    }

    internal uint Start { get; }

    internal uint Middle { get; }

    internal int Limit { get; }

    /// <summary>What is kept is multiplied by this, so that the mean stays.</summary>
    internal float Kept { get; }

    /// <summary>The eight values from a place on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Vector256<float> At(uint place)
    {
        var x = (Vector256<uint>.Indices + Vector256.Create(place)) * Golden + Vector256.Create(Start);
        x = (x ^ (x >>> LongShift)) * First;
        x = (x ^ (x >>> ShortShift)) + Vector256.Create(Middle);
        x = (x ^ (x >>> LongShift)) * Second;
        x = (x ^ (x >>> ShortShift)) * Third;
        return Vector256.LessThanOrEqual(x.AsInt32(), Vector256.Create(Limit)).AsSingle() & Vector256.Create(Kept);
    }
}
