using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ddpm.Kernels;

/// <summary>Takes images to matrices, or back: M d Mᵀ of each tile d, first along its columns, then along its rows.</summary>
internal static unsafe class TileKernel<TStep>
    where TStep : struct, IWinogradStep
{
    /// <summary>Pixels outside of an image are 0.</summary>
    internal static void ToMatrices(TileWork work) => NativeThreads.For(work.Rows, &work, &ToMatrices);

    internal static void ToPixels(TileWork work) => NativeThreads.For(work.Rows, &work, &ToPixels);

    /// <summary>Some rows of tiles, counted from the first of the work.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void ToMatrices(TileWork* work, long begin, long end)
    {
        var gathered = stackalloc Vector256<float>[TStep.From * TStep.From];
        var columns = stackalloc Vector256<float>[TStep.From * TStep.To];
        var (line, apart) = (work->Width * work->PixelApart, (int)(work->Apart / FastKernels.Lanes));
        for (var row = work->FirstRow + begin; row < work->FirstRow + end; row++)
        {
            var top = (int)(row % work->TilesDown) * work->Distance - work->Before;
            var image = work->Pixels + (nint)(row / work->TilesDown) * work->Height * line;
            for (var across = 0; across < work->TilesAcross; across++)
            {
                var left = across * work->Distance - work->Before;
                var isInside = !work->Backwards && top >= 0 && left >= 0 && top + TStep.From <= work->Height && left + TStep.From <= work->Width;
                var (below, beside) = isInside ? ((int)(line / FastKernels.Lanes), (int)(work->PixelApart / FastKernels.Lanes)) : (TStep.From, 1);
                var matrix = work->Matrices + (nint)((row - work->FirstRow) * work->TilesAcross + across) * work->RowApart;
                for (var c = 0; c < work->Channels; c += FastKernels.Lanes)
                {
                    var pixels = image + top * line + left * work->PixelApart + c;
                    var tile = isInside ? (Vector256<float>*)pixels : gathered;
                    if (!isInside)
                        Gather(work, pixels, top, left, gathered);
                    for (var j = 0; j < TStep.From; j++)
                        TStep.Multiply(tile + j * beside, below, columns + j, TStep.From);
                    for (var i = 0; i < TStep.To; i++)
                        TStep.Multiply(columns + i * TStep.From, 1, (Vector256<float>*)(matrix + c) + i * TStep.To * apart, apart);
                }
            }
        }
    }

    // A tile at the edge of an image, with zeros outside; or one that is read backwards.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Gather(TileWork* work, float* pixels, int top, int left, Vector256<float>* tile)
    {
        var last = TStep.From * TStep.From - 1;
        for (var i = 0; i < TStep.From; i++, pixels += work->Width * work->PixelApart)
        {
            var isInside = (uint)(top + i) < (uint)work->Height;
            for (var j = 0; j < TStep.From; j++)
            {
                var at = i * TStep.From + j;
                tile[work->Backwards ? last - at : at] = isInside && (uint)(left + j) < (uint)work->Width
                    ? Vector256.Load(pixels + j * work->PixelApart)
                    : Vector256<float>.Zero;
            }
        }
    }

    /// <inheritdoc cref="ToMatrices(TileWork*, long, long)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void ToPixels(TileWork* work, long begin, long end)
    {
        var columns = stackalloc Vector256<float>[TStep.From * TStep.To];
        var made = stackalloc Vector256<float>[TStep.To * TStep.To];
        var apart = (int)(work->Apart / FastKernels.Lanes);
        for (var row = work->FirstRow + begin; row < work->FirstRow + end; row++)
        {
            var image = row / work->TilesDown;
            var top = image * work->Height + row % work->TilesDown * work->Distance;
            for (var across = 0; across < work->TilesAcross; across++)
                for (var c = 0; c < work->Channels; c += FastKernels.Lanes)
                {
                    var matrix = (Vector256<float>*)(work->Matrices
                        + (nint)((row - work->FirstRow) * work->TilesAcross + across) * work->RowApart + c);
                    for (var j = 0; j < TStep.From; j++)
                        TStep.Multiply(matrix + j * apart, TStep.From * apart, columns + j, TStep.From);
                    for (var i = 0; i < TStep.To; i++)
                        TStep.Multiply(columns + i * TStep.From, 1, made + i * TStep.To, 1);
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
}
