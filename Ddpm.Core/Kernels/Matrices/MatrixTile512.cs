using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ddpm.Kernels;

/// <summary>A tile of 8 x 32 in sixteen of 32 registers of 512 bits.</summary>
internal static unsafe class MatrixTile512
{
    internal const int Rows = 8, Columns = 32;

    private const int Lanes = 16;

    /// <inheritdoc cref="MatrixTile.Multiply"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Multiply(float** rows, int taps, nint depth, float* panel, float* to, nint apart)
    {
        var (s00, s01, s10, s11) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        var (s20, s21, s30, s31) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        var (s40, s41, s50, s51) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        var (s60, s61, s70, s71) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        for (var tap = 0; tap < taps; tap++, rows += Rows)
        {
            var (r0, r1, r2, r3) = ((nint)rows[0], (nint)rows[1], (nint)rows[2], (nint)rows[3]);
            var (r4, r5, r6, r7) = ((nint)rows[4], (nint)rows[5], (nint)rows[6], (nint)rows[7]);
            for (nint d = 0; d < depth; d++, panel += Columns)
            {
                var (w0, w1) = (Vector512.Load(panel), Vector512.Load(panel + Lanes));
                var x0 = Vector512.Create(((float*)r0)[d]);
                (s00, s01) = (Vector512.MultiplyAddEstimate(x0, w0, s00), Vector512.MultiplyAddEstimate(x0, w1, s01));
                var x1 = Vector512.Create(((float*)r1)[d]);
                (s10, s11) = (Vector512.MultiplyAddEstimate(x1, w0, s10), Vector512.MultiplyAddEstimate(x1, w1, s11));
                var x2 = Vector512.Create(((float*)r2)[d]);
                (s20, s21) = (Vector512.MultiplyAddEstimate(x2, w0, s20), Vector512.MultiplyAddEstimate(x2, w1, s21));
                var x3 = Vector512.Create(((float*)r3)[d]);
                (s30, s31) = (Vector512.MultiplyAddEstimate(x3, w0, s30), Vector512.MultiplyAddEstimate(x3, w1, s31));
                var x4 = Vector512.Create(((float*)r4)[d]);
                (s40, s41) = (Vector512.MultiplyAddEstimate(x4, w0, s40), Vector512.MultiplyAddEstimate(x4, w1, s41));
                var x5 = Vector512.Create(((float*)r5)[d]);
                (s50, s51) = (Vector512.MultiplyAddEstimate(x5, w0, s50), Vector512.MultiplyAddEstimate(x5, w1, s51));
                var x6 = Vector512.Create(((float*)r6)[d]);
                (s60, s61) = (Vector512.MultiplyAddEstimate(x6, w0, s60), Vector512.MultiplyAddEstimate(x6, w1, s61));
                var x7 = Vector512.Create(((float*)r7)[d]);
                (s70, s71) = (Vector512.MultiplyAddEstimate(x7, w0, s70), Vector512.MultiplyAddEstimate(x7, w1, s71));
            }
        }
        Store(s00, s01, to);
        Store(s10, s11, to + apart);
        Store(s20, s21, to + 2 * apart);
        Store(s30, s31, to + 3 * apart);
        Store(s40, s41, to + 4 * apart);
        Store(s50, s51, to + 5 * apart);
        Store(s60, s61, to + 6 * apart);
        Store(s70, s71, to + 7 * apart);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> first, Vector512<float> second, float* to)
    {
        first.Store(to);
        second.Store(to + Lanes);
    }
}
