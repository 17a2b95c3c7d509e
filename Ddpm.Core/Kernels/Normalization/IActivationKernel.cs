using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ddpm.Kernels;

/// <summary>An activation and its slope, eight values at a time.</summary>
internal interface IActivationKernel
{
    static abstract Vector256<float> Apply(Vector256<float> z);

    static abstract Vector256<float> Slope(Vector256<float> z);
}

/// <summary>None.</summary>
internal readonly struct NoActivation : IActivationKernel
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Apply(Vector256<float> z) => z;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Slope(Vector256<float> z) => Vector256<float>.One;
}

/// <summary>z · σ(z), whose slope is σ(z) · (1 + z · (1 - σ(z))).</summary>
internal readonly struct SiluKernel : IActivationKernel
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Apply(Vector256<float> z) => z / (Vector256<float>.One + Exponential(-z));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Slope(Vector256<float> z)
    {
        var σ = Vector256<float>.One / (Vector256<float>.One + Exponential(-z));
        return σ * Vector256.MultiplyAddEstimate(z, Vector256<float>.One - σ, Vector256<float>.One);
    }

    // e^x = 2^n · e^r with n the whole number next to x / ln 2, and |r| ≤ ln 2 / 2, where six terms of the series, their last factors fitted,
    // reach the last bit or two of float32. Beyond ±87 it stays what it is there: 2^n would not be a normal number.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> Exponential(Vector256<float> x)
    {
        const float Most = 87, PerLn2 = 1.44269504f, Ln2High = 0.693359375f, Ln2Low = -2.12194440e-4f;
        const int ExponentBias = 127, MantissaBits = 23;
        // The number itself comes second: where that is NaN, it is the result.
        x = Vector256.MinNative(Vector256.Create(Most), Vector256.MaxNative(Vector256.Create(-Most), x));
        var n = Vector256.Round(x * PerLn2);
        var r = Vector256.MultiplyAddEstimate(n, Vector256.Create(-Ln2High), x);
        r = Vector256.MultiplyAddEstimate(n, Vector256.Create(-Ln2Low), r);
        var p = Vector256.Create(1.9875691500e-4f);
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(1.3981999507e-3f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(8.3334519073e-3f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(4.1665795894e-2f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(1.6666665459e-1f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(5.0000001201e-1f));
        p = Vector256.MultiplyAddEstimate(p, r * r, r + Vector256<float>.One);
        return p * ((Vector256.ConvertToInt32Native(n) + Vector256.Create(ExponentBias)) << MantissaBits).AsSingle();
    }
}
