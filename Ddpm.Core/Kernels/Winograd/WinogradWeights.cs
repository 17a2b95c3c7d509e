using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ddpm.Kernels;

/// <summary>Transforms 3 x 3 weights, a panel of outputs at a time, to where <see cref="MatrixTile"/> reads them.</summary>
internal static unsafe class WinogradWeights
{
    /// <param name="weights">[K, C, 3, 3].</param>
    /// <param name="outputs">K.</param>
    /// <param name="inputs">C.</param>
    /// <param name="panel">Which one; what it has beyond K is 0.</param>
    /// <param name="to">36 matrices [C, columns of a panel].</param>
    /// <param name="apart">From one to the next, in values.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Transform(float* weights, int outputs, int inputs, int panel, float* to, nint apart)
    {
        var given = stackalloc Vector256<float>[9];
        var columns = stackalloc Vector256<float>[18];
        var (distance, width) = ((nint)inputs * 9, MatrixTile.Columns);
        for (var first = 0; first < width; first += FastKernels.Lanes)
        {
            var output = panel * width + first;
            var from = weights + output * distance;
            for (var c = 0; c < inputs; c++, from += 9)
            {
                for (var place = 0; place < 9; place++)
                    given[place] = Gather(from + place, distance, outputs - output);
                for (var j = 0; j < 3; j++)
                    KernelStep.Multiply(given + j, 3, columns + j, 3);
                var matrix = (Vector256<float>*)(to + (nint)c * width + first);
                for (var i = 0; i < 6; i++)
                    KernelStep.Multiply(columns + 3 * i, 1, matrix + 6 * i * (apart / FastKernels.Lanes), (int)(apart / FastKernels.Lanes));
            }
        }
    }

    // One value of each of eight outputs, of which there may be fewer.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Gather(float* from, nint distance, int count)
    {
        if (count >= FastKernels.Lanes)
            return Vector256.Create(
                from[0], from[distance], from[2 * distance], from[3 * distance], from[4 * distance], from[5 * distance], from[6 * distance],
                from[7 * distance]);
        var some = Vector256<float>.Zero;
        for (var lane = 0; lane < count; lane++)
            some = some.WithElement(lane, from[lane * distance]);
        return some;
    }
}
