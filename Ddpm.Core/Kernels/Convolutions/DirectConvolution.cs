using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ddpm.Kernels;

/// <summary>
/// Convolution as a sum of matrix products, one for each place in the kernel: rows are the pixels there, columns the output's channels. Nothing is
/// copied: the rows of <see cref="MatrixTile"/> are the pixels themselves.
/// </summary>
internal static unsafe class DirectConvolution
{
    // Pixels that a thread takes at once share the work of finding their neighbours.
    private const int TilesOfChunk = 8, MostTaps = 9;

    // Of a megabyte that a processor's second cache holds at least, what is left beside the pixels.
    private const long ValuesInCache = 200 << 10;

    /// <param name="input">[N, H, W, C].</param>
    /// <param name="weights">Of 1 or 9 taps.</param>
    /// <param name="output">[N, H', W', K].</param>
    /// <param name="finish">Bias and what is added.</param>
    /// <param name="zeros">At least C zeros.</param>
    /// <param name="step">1, or 2 for half the size.</param>
    /// <param name="before">Pixels before the first that the first output sees; null: as many as are after the last.</param>
    internal static void Run(
        PixelBlock input, PackedMatrix weights, PixelBlock output, in Finish finish, float* zeros, int step = 1, int? before = null)
    {
        var kernel = weights.Taps == 1 ? 1 : 3;
        var work = new ConvolutionWork
        {
            Input = input,
            Output = output,
            Kernel = kernel,
            Step = step,
            Before = before ?? kernel / 2,
            Weights = weights.First,
            Panels = weights.Panels,
            Zeros = zeros,
            Finish = finish,
        };
        var ofChunk = TilesOfChunk * MatrixTile.Rows;
        work.Chunks = (int)((work.OutputPixels + ofChunk - 1) / ofChunk);
        NativeThreads.For((long)work.Panels * work.Chunks, &work, &Compute);
    }

    // Weights that fit the cache stay there while the pixels pass, chunk by chunk; of others a panel does.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Compute(ConvolutionWork* work, long begin, long end)
    {
        var (taps, rows, columns, depth) = (work->Taps, MatrixTile.Rows, MatrixTile.Columns, work->Input.Channels);
        var multiply = MatrixTile.Multiply;
        var seen = stackalloc float*[TilesOfChunk * MostTaps * MatrixTile.MostRows];
        var results = stackalloc float[MatrixTile.MostRows * MatrixTile.MostColumns];
        var isSmall = (long)work->Panels * taps * depth * columns <= ValuesInCache;
        var (looked, first, count) = (-1L, 0L, 0);
        for (var item = begin; item < end; item++)
        {
            var chunk = isSmall ? item / work->Panels : item % work->Chunks;
            var panel = (int)(isSmall ? item % work->Panels : item / work->Chunks);
            if (chunk != looked)
            {
                (looked, first) = (chunk, chunk * TilesOfChunk * rows);
                count = (int)Math.Min(TilesOfChunk * rows, work->OutputPixels - first);
                Look(work, first, count, seen);
            }
            for (var done = 0; done < count; done += rows)
            {
                multiply(seen + done * taps, taps, depth, work->Weights + (nint)panel * taps * depth * columns, results, columns);
                Write(work, results, first + done, Math.Min(rows, count - done), panel * columns);
            }
        }
    }

    // Where the pixels are that some outputs see, [tiles, taps, rows]; the rows that the last tile has too many see nothing.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Look(ConvolutionWork* work, long first, int count, float** seen)
    {
        var (rows, taps) = (MatrixTile.Rows, work->Taps);
        var (input, output) = (work->Input, work->Output);
        var image = first / output.Pixels;
        var (y, x) = ((int)(first % output.Pixels / output.Width), (int)(first % output.Width));
        for (var i = 0; i < (count + rows - 1) / rows * rows; i++)
        {
            var to = seen + i / rows * rows * taps + i % rows;
            for (var dy = 0; dy < work->Kernel; dy++)
            {
                var line = y * work->Step - work->Before + dy;
                var isInside = i < count && (uint)line < (uint)input.Height;
                var from = input.First + ((nint)image * input.Height + line) * input.Width * input.Apart;
                for (var dx = 0; dx < work->Kernel; dx++, to += rows)
                {
                    var column = x * work->Step - work->Before + dx;
                    *to = isInside && (uint)column < (uint)input.Width ? from + column * input.Apart : work->Zeros;
                }
            }
            if (++x < output.Width)
                continue;
            x = 0;
            if (++y < output.Height)
                continue;
            (y, image) = (0, image + 1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Write(ConvolutionWork* work, float* results, long first, int count, int channel)
    {
        var (output, finish) = (work->Output, work->Finish);
        var width = Math.Min(MatrixTile.Columns, output.Channels - channel);
        for (var row = 0; row < count; row++)
        {
            var pixel = (nint)(first + row);
            var from = results + row * MatrixTile.Columns;
            var bias = finish.Bias == null ? null
                : finish.Bias + (finish.BiasApart == 0 ? 0 : pixel / output.Pixels * finish.BiasApart) + channel;
            var added = finish.Added == null ? null : finish.Added + pixel * finish.AddedApart + channel;
            var to = output.First + pixel * output.Apart + channel;
            var c = 0;
            for (; c + FastKernels.Lanes <= width; c += FastKernels.Lanes)
            {
                var y = Vector256.Load(from + c);
                y = bias == null ? y : y + Vector256.Load(bias + c);
                y = added == null ? y : y + Vector256.Load(added + c);
                (y * finish.Factor).Store(to + c);
            }
            for (; c < width; c++)
                to[c] = (from[c] + (bias == null ? 0 : bias[c]) + (added == null ? 0 : added[c])) * finish.Factor;
        }
    }
}
