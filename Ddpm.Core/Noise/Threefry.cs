using System.Numerics;
using System.Runtime.CompilerServices;

namespace Ddpm.Noise;

/// <summary>
/// Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"): random words as a function
/// of a key and a counter, so in any order and without state. For each key it is a bijection of the counters.
/// </summary>
internal static class Threefry
{
    /// <summary>What the third word of the key differs in from the sum of the other two, modulo 2, bit by bit.</summary>
    internal const uint Parity = 0x1BD11BDA;

    /// <summary>By how many bits the rounds rotate; after the eighth the first follows.</summary>
    internal static ReadOnlySpan<int> Rotations => [13, 15, 26, 6, 17, 29, 16, 24];

    /// <summary>The two words of one counter.</summary>
    internal static (uint First, uint Second) Words((uint First, uint Second) key, (uint First, uint Second) counter)
    {
        var (x, y) = Words(key, new Vector<uint>(counter.First), new Vector<uint>(counter.Second));
        return (x[0], y[0]);
    }

    /// <summary>The two words of each counter of a vector. The rounds are written out, so that the compiler knows the rotations.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (Vector<uint> First, Vector<uint> Second) Words((uint First, uint Second) key, Vector<uint> x, Vector<uint> y)
    {
        var (k0, k1, k2) = (key.First, key.Second, Parity ^ key.First ^ key.Second);
        (x, y) = (x + new Vector<uint>(k0), y + new Vector<uint>(k1));
        (x, y) = EvenRounds(x, y, k1, k2 + 1);
        (x, y) = OddRounds(x, y, k2, k0 + 2);
        (x, y) = EvenRounds(x, y, k0, k1 + 3);
        (x, y) = OddRounds(x, y, k1, k2 + 4);
        return EvenRounds(x, y, k2, k0 + 5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector<uint> First, Vector<uint> Second) EvenRounds(Vector<uint> x, Vector<uint> y, uint first, uint second)
    {
        (x, y) = Round(x, y, 13);
        (x, y) = Round(x, y, 15);
        (x, y) = Round(x, y, 26);
        (x, y) = Round(x, y, 6);
        return (x + new Vector<uint>(first), y + new Vector<uint>(second));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector<uint> First, Vector<uint> Second) OddRounds(Vector<uint> x, Vector<uint> y, uint first, uint second)
    {
        (x, y) = Round(x, y, 17);
        (x, y) = Round(x, y, 29);
        (x, y) = Round(x, y, 16);
        (x, y) = Round(x, y, 24);
        return (x + new Vector<uint>(first), y + new Vector<uint>(second));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector<uint> First, Vector<uint> Second) Round(Vector<uint> x, Vector<uint> y, int rotation)
    {
        x += y;
        return (x, ((y << rotation) | (y >>> (32 - rotation))) ^ x);
    }
}
