using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ddpm.Kernels;

/// <summary>
/// One of the matrices of Winograd's convolution F(4x4, 3x3), with the points 0, 1, -1, 2, -2 and ∞ (Lavin and Gray 2016, "Fast algorithms for
/// convolutional neural networks"): y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A, for 4 x 4 pixels of y from 6 x 6 of d and a kernel g of 3 x 3. Its gradients
/// need Gᵀ and A as well.
/// </summary>
internal unsafe interface IWinogradStep
{
    /// <summary>Columns of the matrix.</summary>
    static abstract int From { get; }

    /// <summary>Rows of the matrix.</summary>
    static abstract int To { get; }

    /// <summary>Multiplies a vector of eight channels each, whose values lie some steps apart.</summary>
    static abstract void Multiply(Vector256<float>* from, int fromStep, Vector256<float>* to, int toStep);
}

/// <summary>Bᵀ, for the pixels that go in.</summary>
internal readonly unsafe struct InputStep : IWinogradStep
{
    public static int From => 6;

    public static int To => 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply(Vector256<float>* from, int fromStep, Vector256<float>* to, int toStep)
    {
        var (d0, d1, d2) = (from[0], from[fromStep], from[2 * fromStep]);
        var (d3, d4, d5) = (from[3 * fromStep], from[4 * fromStep], from[5 * fromStep]);
        var (even, odd, evenHalf, oddHalf) = (d4 - d2 * 4, d3 - d1 * 4, d4 - d2, (d3 - d1) * 2);
        to[0] = d0 * 4 - d2 * 5 + d4;
        to[toStep] = even + odd;
        to[2 * toStep] = even - odd;
        to[3 * toStep] = evenHalf + oddHalf;
        to[4 * toStep] = evenHalf - oddHalf;
        to[5 * toStep] = d1 * 4 - d3 * 5 + d5;
    }
}

/// <summary>Aᵀ, for the pixels that come out.</summary>
internal readonly unsafe struct OutputStep : IWinogradStep
{
    public static int From => 6;

    public static int To => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply(Vector256<float>* from, int fromStep, Vector256<float>* to, int toStep)
    {
        var (m1, m2, m3, m4) = (from[fromStep], from[2 * fromStep], from[3 * fromStep], from[4 * fromStep]);
        var (sum, difference, sumFar, differenceFar) = (m1 + m2, m1 - m2, m3 + m4, m3 - m4);
        to[0] = from[0] + sum + sumFar;
        to[toStep] = difference + differenceFar * 2;
        to[2 * toStep] = sum + sumFar * 4;
        to[3 * toStep] = difference + differenceFar * 8 + from[5 * fromStep];
    }
}

/// <summary>A, for the gradients of the pixels that come out.</summary>
internal readonly unsafe struct OutputGradientStep : IWinogradStep
{
    public static int From => 4;

    public static int To => 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply(Vector256<float>* from, int fromStep, Vector256<float>* to, int toStep)
    {
        var (y0, y1, y2, y3) = (from[0], from[fromStep], from[2 * fromStep], from[3 * fromStep]);
        var (even, odd, evenFar, oddFar) = (y0 + y2, y1 + y3, y0 + y2 * 4, y1 * 2 + y3 * 8);
        to[0] = y0;
        to[toStep] = even + odd;
        to[2 * toStep] = even - odd;
        to[3 * toStep] = evenFar + oddFar;
        to[4 * toStep] = evenFar - oddFar;
        to[5 * toStep] = y3;
    }
}

/// <summary>G, for the weights.</summary>
internal readonly unsafe struct KernelStep : IWinogradStep
{
    public static int From => 3;

    public static int To => 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply(Vector256<float>* from, int fromStep, Vector256<float>* to, int toStep)
    {
        var (g0, g1, g2) = (from[0], from[fromStep], from[2 * fromStep]);
        var (near, far) = ((g0 + g2) * (-1 / 6f), g0 * (1 / 24f) + g2 * (1 / 6f));
        to[0] = g0 * 0.25f;
        to[toStep] = near - g1 * (1 / 6f);
        to[2 * toStep] = near + g1 * (1 / 6f);
        to[3 * toStep] = far + g1 * (1 / 12f);
        to[4 * toStep] = far - g1 * (1 / 12f);
        to[5 * toStep] = g2;
    }
}

/// <summary>Gᵀ, for the gradients of the weights.</summary>
internal readonly unsafe struct KernelGradientStep : IWinogradStep
{
    public static int From => 6;

    public static int To => 3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply(Vector256<float>* from, int fromStep, Vector256<float>* to, int toStep)
    {
        var (u1, u2, u3, u4) = (from[fromStep], from[2 * fromStep], from[3 * fromStep], from[4 * fromStep]);
        var (near, far) = ((u1 + u2) * (1 / 6f), u3 + u4);
        to[0] = from[0] * 0.25f - near + far * (1 / 24f);
        to[toStep] = (u2 - u1) * (1 / 6f) + (u3 - u4) * (1 / 12f);
        to[2 * toStep] = far * (1 / 6f) - near + from[5 * fromStep];
    }
}
