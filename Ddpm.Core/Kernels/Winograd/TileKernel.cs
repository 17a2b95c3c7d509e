using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ddpm.Kernels;

/// <summary>Takes images to matrices, or back, by a step along their columns and one along their rows.</summary>
internal static unsafe class TileKernel<TStep>
    where TStep : struct, IWinogradStep
{
    /// <summary>Pixels outside of an image are 0.</summary>
    internal static void ToMatrices(TileWork work) => NativeThreads.For(work.Rows, &work, &ToMatrices);

    internal static void ToPixels(TileWork work) => NativeThreads.For(work.Rows, &work, &ToPixels);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ToMatrices(TileWork* work, long begin, long end)
    {
        var tile = stackalloc Vector256<float>[TStep.From * TStep.From];
        var columns = stackalloc Vector256<float>[TStep.From * TStep.To];
        var made = stackalloc Vector256<float>[TStep.To * TStep.To];
        for (var row = work->FirstRow + begin; row < work->FirstRow + end; row++)
        {
            var top = (int)(row % work->TilesDown) * work->Distance - work->Before;
            for (var across = 0; across < work->TilesAcross; across++)
            {
                var left = across * work->Distance - work->Before;
                for (var c = 0; c < work->Channels; c += FastKernels.Lanes)
                {
                    Gather(work, row / work->TilesDown, top, left, c, tile);
                    Transform(tile, columns, made);
                    var matrix = work->Matrices + (nint)((row - work->FirstRow) * work->TilesAcross + across) * work->RowApart + c;
                    for (var place = 0; place < TStep.To * TStep.To; place++, matrix += work->Apart)
                        made[place].Store(matrix);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Gather(TileWork* work, long image, int top, int left, int channel, Vector256<float>* tile)
    {
        var last = TStep.From * TStep.From - 1;
        for (var i = 0; i < TStep.From; i++)
        {
            var inside = (uint)(top + i) < (uint)work->Height;
            var line = work->Pixels + (nint)((image * work->Height + top + i) * work->Width + left) * work->PixelApart + channel;
            for (var j = 0; j < TStep.From; j++)
            {
                var at = i * TStep.From + j;
                tile[work->Backwards ? last - at : at] =
                    inside && (uint)(left + j) < (uint)work->Width ? Vector256.Load(line + j * work->PixelApart) : Vector256<float>.Zero;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ToPixels(TileWork* work, long begin, long end)
    {
        var tile = stackalloc Vector256<float>[TStep.From * TStep.From];
        var columns = stackalloc Vector256<float>[TStep.From * TStep.To];
        var made = stackalloc Vector256<float>[TStep.To * TStep.To];
        for (var row = work->FirstRow + begin; row < work->FirstRow + end; row++)
        {
            var image = row / work->TilesDown;
            var top = image * work->Height + row % work->TilesDown * work->Distance;
            for (var across = 0; across < work->TilesAcross; across++)
                for (var c = 0; c < work->Channels; c += FastKernels.Lanes)
                {
                    var matrix = work->Matrices + (nint)((row - work->FirstRow) * work->TilesAcross + across) * work->RowApart + c;
                    for (var place = 0; place < TStep.From * TStep.From; place++, matrix += work->Apart)
                        tile[place] = Vector256.Load(matrix);
                    Transform(tile, columns, made);
                    var finish = work->Finish;
                    var bias = finish.Bias == null ? Vector256<float>.Zero : Vector256.Load(finish.Bias + (nint)image * finish.BiasApart + c);
                    for (var i = 0; i < TStep.To; i++)
                    {
                        var pixel = (nint)((top + i) * work->Width + across * work->Distance);
                        for (var j = 0; j < TStep.To; j++, pixel++)
                        {
                            var y = made[i * TStep.To + j] + bias;
                            y = finish.Added == null ? y : y + Vector256.Load(finish.Added + pixel * finish.AddedApart + c);
                            (y * finish.Factor).Store(work->Pixels + pixel * work->PixelApart + c);
                        }
                    }
                }
        }
    }

    // M d Mᵀ of d [from, from]: first the columns, then the rows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transform(Vector256<float>* tile, Vector256<float>* columns, Vector256<float>* made)
    {
        for (var j = 0; j < TStep.From; j++)
            TStep.Multiply(tile + j, TStep.From, columns + j, TStep.From);
        for (var i = 0; i < TStep.To; i++)
            TStep.Multiply(columns + i * TStep.From, 1, made + i * TStep.To, 1);
    }
}
