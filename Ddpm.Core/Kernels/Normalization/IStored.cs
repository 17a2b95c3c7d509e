using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ddpm.Kernels;

/// <summary>How numbers lie in memory. Kernels compute in float32, eight at a time.</summary>
internal unsafe interface IStored
{
    static abstract Vector256<float> Load(void* values, nint at);

    static abstract void Store(Vector256<float> values, void* to, nint at);
}

internal readonly unsafe struct StoredFloat32 : IStored
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(void* values, nint at) => Vector256.Load((float*)values + at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> values, void* to, nint at) => values.Store((float*)to + at);
}

/// <summary>The upper half of a float32, rounded to the nearest, to even where two are as near.</summary>
internal readonly unsafe struct StoredBFloat16 : IStored
{
    private const int Bits = 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(void* values, nint at)
    {
        var (lower, upper) = Vector128.Widen(Vector128.Load((ushort*)values + at));
        return (Vector256.Create(lower, upper) << Bits).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> values, void* to, nint at)
    {
        var bits = values.AsUInt32();
        var rounded = (bits + Vector256.Create(0x7FFFu) + ((bits >>> Bits) & Vector256<uint>.One)) >>> Bits;
        // Rounding could turn a NaN into an infinity.
        rounded = Vector256.ConditionalSelect(Vector256.IsNaN(values).AsUInt32(), Vector256.Create(0x7FC0u), rounded);
        Vector128.Narrow(rounded.GetLower(), rounded.GetUpper()).Store((ushort*)to + at);
    }
}
