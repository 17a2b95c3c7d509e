using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Ddpm.Kernels;

/// <summary>
/// softmax(Q Kᵀ · scale) V over the pixels of each image (Vaswani et al. 2017, equation 1), head by head. The scores of a few pixels at a time are
/// kept, never the whole matrix.
/// </summary>
internal static unsafe class AttentionLayer
{
    /// <param name="given">[N, H, W, 3 · heads · width]: queries, keys, values, each head by head.</param>
    /// <param name="output">[N, H, W, heads · width].</param>
    /// <param name="heads">They divide the channels.</param>
    /// <param name="memory">For keys, values and scores.</param>
    internal static void Run(PixelBlock given, PixelBlock output, int heads, KernelMemory memory)
    {
        var (width, threads) = (output.Channels / heads, get_num_threads());
        var work = new Work { Given = given, Output = output, Heads = heads, Width = width, Threads = threads };
        work.KeyPanels = MatrixTile.Panels(given.Pixels);
        work.ValuePanels = MatrixTile.Panels(width);
        var columns = MatrixTile.Columns;
        work.Keys = memory.Take(KernelPlace.Keys, (long)given.Images * heads * work.KeyPanels * columns * width);
        work.Values = memory.Take(KernelPlace.Values, (long)given.Images * heads * work.ValuePanels * columns * given.Pixels);
        work.Scores = memory.Take(KernelPlace.Scores, (long)threads * MatrixTile.Rows * work.KeyPanels * columns);
        NativeThreads.For((long)given.Images * heads * (work.KeyPanels + work.ValuePanels), &work, &Pack);
        work.Blocks = (given.Pixels + MatrixTile.Rows - 1) / MatrixTile.Rows;
        NativeThreads.For(threads, &work, &Attend);
    }

    // Panels of keys [width, columns], which are pixels, and of values [pixels, columns], which are channels.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pack(Work* work, long begin, long end)
    {
        var (columns, pixels, apart) = (MatrixTile.Columns, work->Given.Pixels, work->Given.Apart);
        for (var item = begin; item < end; item++)
        {
            var (head, panel) = ((nint)(item / (work->KeyPanels + work->ValuePanels)), (int)(item % (work->KeyPanels + work->ValuePanels)));
            var from = work->First(head);
            if (panel < work->KeyPanels)
            {
                var to = work->Keys + (head * work->KeyPanels + panel) * columns * work->Width;
                for (var column = 0; column < columns; column++)
                {
                    var key = from + (nint)work->Inside + Math.Min(panel * columns + column, pixels - 1) * apart;
                    for (var d = 0; d < work->Width; d++)
                        to[d * columns + column] = key[d];
                }
            }
            else
            {
                panel -= work->KeyPanels;
                var to = work->Values + (head * work->ValuePanels + panel) * columns * pixels;
                var count = Math.Min(columns, work->Width - panel * columns);
                for (var pixel = 0; pixel < pixels; pixel++, to += columns)
                {
                    var target = new Span<float>(to, columns);
                    new ReadOnlySpan<float>(from + 2 * (nint)work->Inside + pixel * apart + panel * columns, count).CopyTo(target);
                    target[count..].Clear();
                }
            }
        }
    }

    // Each thread some blocks of queries of all images and heads, with scores of its own.
    private static void Attend(Work* work, long begin, long end)
    {
        for (var thread = begin; thread < end; thread++)
        {
            var blocks = (long)work->Given.Images * work->Heads * work->Blocks;
            var scores = work->Scores + (nint)thread * MatrixTile.Rows * work->KeyPanels * MatrixTile.Columns;
            for (var block = blocks * thread / work->Threads; block < blocks * (thread + 1) / work->Threads; block++)
                Attend(work, (nint)(block / work->Blocks), (int)(block % work->Blocks), scores);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Attend(Work* work, nint head, int block, float* scores)
    {
        var (rows, columns, pixels) = (MatrixTile.Rows, MatrixTile.Columns, work->Given.Pixels);
        var wide = work->KeyPanels * columns;
        var multiply = MatrixTile.Multiply;
        var seen = stackalloc float*[MatrixTile.MostRows];
        var results = stackalloc float[MatrixTile.MostRows * MatrixTile.MostColumns];
        var first = block * rows;
        var count = Math.Min(rows, pixels - first);
        for (var row = 0; row < rows; row++)
            seen[row] = work->First(head) + Math.Min(first + row, pixels - 1) * work->Given.Apart;
        for (nint panel = 0; panel < work->KeyPanels; panel++)
        {
            var keys = work->Keys + (head * work->KeyPanels + panel) * columns * work->Width;
            multiply(seen, 1, work->Width, keys, scores + panel * columns, wide);
        }
        for (var row = 0; row < rows; row++)
        {
            seen[row] = scores + row * wide;
            Softmax(seen[row], pixels, (float)(1 / Math.Sqrt(work->Width)));
        }
        var to = work->Output.First + ((nint)(head / work->Heads) * pixels + first) * work->Output.Apart + head % work->Heads * work->Width;
        for (nint panel = 0; panel < work->ValuePanels; panel++)
        {
            var values = work->Values + (head * work->ValuePanels + panel) * columns * pixels;
            multiply(seen, 1, pixels, values, results, columns);
            var width = Math.Min(columns, work->Width - (int)panel * columns);
            for (var row = 0; row < count; row++)
                new ReadOnlySpan<float>(results + row * columns, width).CopyTo(new Span<float>(to + row * work->Output.Apart + panel * columns, width));
        }
    }

    // e^(s (x - max)) / Σ, so that no exponential overflows.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Softmax(float* scores, int count, float scale)
    {
        var whole = count - count % FastKernels.Lanes;
        var most = float.NegativeInfinity;
        var mosts = Vector256.Create(most);
        for (var i = 0; i < whole; i += FastKernels.Lanes)
            mosts = Vector256.Max(mosts, Vector256.Load(scores + i));
        for (var lane = 0; lane < FastKernels.Lanes; lane++)
            most = Math.Max(most, mosts[lane]);
        for (var i = whole; i < count; i++)
            most = Math.Max(most, scores[i]);
        var (sums, sum) = (Vector256<float>.Zero, 0f);
        for (var i = 0; i < whole; i += FastKernels.Lanes)
        {
            var e = SiluKernel.Exponential((Vector256.Load(scores + i) - Vector256.Create(most)) * scale);
            e.Store(scores + i);
            sums += e;
        }
        for (var i = whole; i < count; i++)
            sum += scores[i] = MathF.Exp((scores[i] - most) * scale);
        var inverse = 1 / (sum + Vector256.Sum(sums));
        for (var i = 0; i < whole; i += FastKernels.Lanes)
            (Vector256.Load(scores + i) * inverse).Store(scores + i);
        for (var i = whole; i < count; i++)
            scores[i] *= inverse;
    }

    private struct Work
    {
        internal PixelBlock Given, Output;
        internal float* Keys, Values, Scores;
        internal int Heads, Width, KeyPanels, ValuePanels, Blocks, Threads;

        /// <summary>Channels of all heads.</summary>
        internal readonly int Inside => Heads * Width;

        /// <summary>The first query of a head, of all images' heads.</summary>
        internal readonly float* First(nint head) =>
            Given.First + head / Heads * (nint)Given.Pixels * Given.Apart + head % Heads * Width;
    }
}
