using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ddpm.Kernels;

/// <summary>A tile of 6 x 16 in twelve of sixteen registers of 256 bits.</summary>
internal static unsafe class MatrixTile256
{
    internal const int Rows = 6, Columns = 16;

    private const int Lanes = 8;

    /// <inheritdoc cref="MatrixTile.Multiply"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Multiply(float** rows, int taps, nint depth, float* panel, float* to, nint apart)
    {
        var (s00, s01, s10, s11) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
        var (s20, s21, s30, s31) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
        var (s40, s41, s50, s51) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
        for (var tap = 0; tap < taps; tap++, rows += Rows)
        {
            var (r0, r1, r2, r3, r4, r5) = ((nint)rows[0], (nint)rows[1], (nint)rows[2], (nint)rows[3], (nint)rows[4], (nint)rows[5]);
            for (nint d = 0; d < depth; d++, panel += Columns)
            {
                var (w0, w1) = (Vector256.Load(panel), Vector256.Load(panel + Lanes));
                var x0 = Vector256.Create(((float*)r0)[d]);
                (s00, s01) = (Vector256.MultiplyAddEstimate(x0, w0, s00), Vector256.MultiplyAddEstimate(x0, w1, s01));
                var x1 = Vector256.Create(((float*)r1)[d]);
                (s10, s11) = (Vector256.MultiplyAddEstimate(x1, w0, s10), Vector256.MultiplyAddEstimate(x1, w1, s11));
                var x2 = Vector256.Create(((float*)r2)[d]);
                (s20, s21) = (Vector256.MultiplyAddEstimate(x2, w0, s20), Vector256.MultiplyAddEstimate(x2, w1, s21));
                var x3 = Vector256.Create(((float*)r3)[d]);
                (s30, s31) = (Vector256.MultiplyAddEstimate(x3, w0, s30), Vector256.MultiplyAddEstimate(x3, w1, s31));
                var x4 = Vector256.Create(((float*)r4)[d]);
                (s40, s41) = (Vector256.MultiplyAddEstimate(x4, w0, s40), Vector256.MultiplyAddEstimate(x4, w1, s41));
                var x5 = Vector256.Create(((float*)r5)[d]);
                (s50, s51) = (Vector256.MultiplyAddEstimate(x5, w0, s50), Vector256.MultiplyAddEstimate(x5, w1, s51));
            }
        }
        Store(s00, s01, to);
        Store(s10, s11, to + apart);
        Store(s20, s21, to + 2 * apart);
        Store(s30, s31, to + 3 * apart);
        Store(s40, s41, to + 4 * apart);
        Store(s50, s51, to + 5 * apart);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<float> first, Vector256<float> second, float* to)
    {
        first.Store(to);
        second.Store(to + Lanes);
    }
}
