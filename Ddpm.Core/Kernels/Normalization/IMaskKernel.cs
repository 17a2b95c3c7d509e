using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Ddpm.Noise;

namespace Ddpm.Kernels;

/// <summary>What a result is multiplied by, eight values at a time, by its place in the batch.</summary>
internal interface IMaskKernel
{
    static abstract Vector256<float> Apply(Vector256<float> values, in MaskRule rule, uint place);
}

/// <summary>Nothing.</summary>
internal readonly struct NoMask : IMaskKernel
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Apply(Vector256<float> values, in MaskRule rule, uint place) => values;
}

/// <summary>The mask of dropout, made where it is used: the same values as <see cref="BernoulliMask"/>'s, but no mask lies in memory.</summary>
internal readonly struct DropoutMask : IMaskKernel
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Apply(Vector256<float> values, in MaskRule rule, uint place) => values * rule.At(place);
}
