using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Kernels;

/// <summary>
/// A 3 x 3 convolution by <see cref="IWinogradStep"/> whose weights do not change. For many tiles they are transformed once, into 36 matrices that take
/// four times their memory. For a few tiles they are transformed each time, panel by panel: that takes less long than reading so much memory would.
/// </summary>
internal sealed unsafe class WinogradLayer : IDisposable
{
    private const int Tile = 4;

    // Below, what is saved does not pay for the transformations.
    private const int FewestChannels = 32, FewestTiles = 16;

    // For so few tiles, and from so many channels in and out on, reading the transformed weights would take longest.
    private const int FewTiles = 16, ManyChannels = 128;

    // Matrices of the tiles that are computed together, in values: they stay in the cache between the steps.
    private const long MostValues = 1 << 19;

    // Weights of up to so many values, and so many values of tiles, are in the cache of one thread together.
    private const long MostWeightsOfOne = 150 << 10, MostValuesOfOne = 100 << 10;

    private readonly NativeValues weights;
    private readonly bool isTransformed;
    private readonly int inputs, outputs;

    /// <param name="weight">[K, C, 3, 3].</param>
    /// <param name="fewTiles">Whether it is for a few tiles.</param>
    internal WinogradLayer(Tensor weight, bool fewTiles)
    {
        (outputs, inputs, isTransformed) = ((int)weight.shape[0], (int)weight.shape[1], !fewTiles);
        var given = NativeValues.Of(weight);
        if (fewTiles)
        {
            weights = given;
            return;
        }
        using (given)
        {
            weights = new NativeValues((long)TileWork.Places * Panels * inputs * MatrixTile.Columns);
            var work = Products(null, null, 0, 0, 0) with { Given = given.First, Kernels = weights.First };
            NativeThreads.For(Panels, &work, &Transform);
        }
    }

    private int Panels => MatrixTile.Panels(outputs);

    private int Wide => Panels * MatrixTile.Columns;

    /// <summary>Whether it can compute a convolution of these images, and is faster.</summary>
    /// <param name="input">The images.</param>
    /// <param name="outputs">Channels of the result.</param>
    /// <param name="images">How many images it must pay for; 0: these.</param>
    internal static bool Pays(PixelBlock input, int outputs, int images = 0) =>
        input.Channels % FastKernels.Lanes == 0 && outputs % FastKernels.Lanes == 0 && input.Height % Tile == 0 && input.Width % Tile == 0
        && Math.Min(input.Channels, outputs) >= FewestChannels && Tiles(input, images) >= FewestTiles;

    /// <summary>Whether these images are so few tiles that their weights are better transformed each time.</summary>
    internal static bool AreFew(PixelBlock input, int outputs) => Tiles(input) <= FewTiles && Math.Min(input.Channels, outputs) >= ManyChannels;

    internal void Run(PixelBlock input, PixelBlock output, in Finish finish, KernelMemory memory)
    {
        if (isTransformed && weights.Count <= MostWeightsOfOne)
        {
            RunApart(input, output, finish, memory);
            return;
        }
        var (across, rows) = (input.Width / Tile, (long)input.Images * (input.Height / Tile));
        var most = Math.Max(1, MostValues / (TileWork.Places * (inputs + Wide) * across));
        var parts = isTransformed ? (rows + most - 1) / most : 1;
        var together = (rows + parts - 1) / parts;
        // Lines of the cache between matrices: neighbours begin in other sets of it, whatever the number of tiles.
        var tiles = (together * across + MatrixTile.Rows - 1) / MatrixTile.Rows * MatrixTile.Rows;
        var (fromApart, toApart) = ((nint)(tiles * inputs + WinogradBuffers.Spread), (nint)(tiles * Wide + WinogradBuffers.Spread));
        var from = memory.Take(KernelPlace.Inputs, TileWork.Places * fromApart);
        var to = memory.Take(KernelPlace.Outputs, TileWork.Places * toApart);
        for (long first = 0; first < rows; first += together)
        {
            var count = Math.Min(together, rows - first);
            TileKernel<InputStep>.ToMatrices(Describe(input, from, fromApart, inputs, first, count) with { Before = 1 });
            Multiply(Products(from, to, fromApart, toApart, count * across), memory);
            TileKernel<OutputStep>.ToPixels(Describe(output, to, toApart, Wide, first, count) with { Finish = finish });
        }
    }

    // Each thread takes its own tiles from end to end, a few at a time: all that lies between stays in its cache, with the weights.
    private void RunApart(PixelBlock input, PixelBlock output, in Finish finish, KernelMemory memory)
    {
        var (across, threads) = (input.Width / Tile, get_num_threads());
        var rows = (int)Math.Max(1, MostValuesOfOne / (TileWork.Places * (inputs + Wide) * across));
        var tiles = (rows * across + MatrixTile.Rows - 1) / MatrixTile.Rows * MatrixTile.Rows;
        var (fromApart, toApart) = ((nint)(tiles * inputs + WinogradBuffers.Spread), (nint)(tiles * Wide + WinogradBuffers.Spread));
        var from = memory.Take(KernelPlace.Inputs, threads * TileWork.Places * fromApart);
        var to = memory.Take(KernelPlace.Outputs, threads * TileWork.Places * toApart);
        var work = new ThreadWork
        {
            Input = Describe(input, from, fromApart, inputs, first: 0, rows) with { Before = 1 },
            Output = Describe(output, to, toApart, Wide, first: 0, rows) with { Finish = finish },
            Products = Products(from, to, fromApart, toApart, tiles) with { Kernels = weights.First, Threads = threads },
            Rows = (long)input.Images * (input.Height / Tile),
        };
        NativeThreads.For(threads, &work, &Apart);
    }

    private static long Tiles(PixelBlock block, int images = 0) => (long)(images > 0 ? images : block.Images) * block.Pixels / (Tile * Tile);

    private static TileWork Describe(PixelBlock block, float* matrices, nint apart, int rowApart, long first, long count) => new()
    {
        Images = block.Images,
        Height = block.Height,
        Width = block.Width,
        Channels = block.Channels,
        PixelApart = block.Apart,
        TilesDown = block.Height / Tile,
        TilesAcross = block.Width / Tile,
        Distance = Tile,
        Pixels = block.First,
        Matrices = matrices,
        Apart = apart,
        RowApart = rowApart,
        FirstRow = first,
        Rows = count,
    };

    private ProductWork Products(float* from, float* to, nint fromApart, nint toApart, long tiles) => new()
    {
        From = from,
        To = to,
        FromApart = fromApart,
        ToApart = toApart,
        Tiles = tiles,
        Depth = inputs,
        Outputs = outputs,
        Panels = Panels,
    };

    private void Multiply(ProductWork work, KernelMemory memory)
    {
        if (isTransformed)
        {
            work.Kernels = weights.First;
            NativeThreads.For((long)TileWork.Places * work.Panels, &work, &Multiply);
            return;
        }
        work.Threads = get_num_threads();
        work.Given = weights.First;
        work.Kernels = memory.Take(KernelPlace.Kernels, (long)work.Threads * TileWork.Places * work.SpreadPanel);
        NativeThreads.For(work.Threads, &work, &TransformAndMultiply);
    }

    // Panels of transformed weights, [36, panels, C, columns].
    private static void Transform(ProductWork* work, long begin, long end)
    {
        for (var panel = (int)begin; panel < end; panel++)
            WinogradWeights.Transform(
                work->Given, work->Outputs, work->Depth, panel, work->Kernels + panel * work->ValuesOfPanel, work->Panels * work->ValuesOfPanel);
    }

    // One panel of one of the 36 products each.
    private static void Multiply(ProductWork* work, long begin, long end)
    {
        for (var item = (nint)begin; item < end; item++)
            Multiply(work, item / work->Panels, item % work->Panels, work->Kernels + item * work->ValuesOfPanel);
    }

    // All products of some panels, whose weights then are in the cache; each thread has room for one panel.
    private static void TransformAndMultiply(ProductWork* work, long begin, long end)
    {
        for (var thread = (nint)begin; thread < end; thread++)
        {
            var kernels = work->Kernels + thread * TileWork.Places * work->SpreadPanel;
            for (var panel = thread * work->Panels / work->Threads; panel < (thread + 1) * work->Panels / work->Threads; panel++)
            {
                WinogradWeights.Transform(work->Given, work->Outputs, work->Depth, (int)panel, kernels, work->SpreadPanel);
                for (nint place = 0; place < TileWork.Places; place++)
                    Multiply(work, place, panel, kernels + place * work->SpreadPanel);
            }
        }
    }

    private static void Apart(ThreadWork* all, long begin, long end)
    {
        for (var thread = (nint)begin; thread < end; thread++)
        {
            var (input, output, products) = (all->Input, all->Output, all->Products);
            input.Matrices += thread * TileWork.Places * input.Apart;
            output.Matrices += thread * TileWork.Places * output.Apart;
            products.From = input.Matrices;
            products.To = output.Matrices;
            var last = all->Rows * (thread + 1) / products.Threads;
            for (var first = all->Rows * thread / products.Threads; first < last; first += input.Rows)
            {
                var rows = Math.Min(input.Rows, last - first);
                input.FirstRow = output.FirstRow = first;
                products.Tiles = rows * input.TilesAcross;
                TileKernel<InputStep>.ToMatrices(&input, 0, rows);
                Multiply(&products, 0, (long)TileWork.Places * products.Panels);
                TileKernel<OutputStep>.ToPixels(&output, 0, rows);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(ProductWork* work, nint place, nint panel, float* weights)
    {
        var (rows, columns, depth) = (MatrixTile.Rows, MatrixTile.Columns, work->Depth);
        var wide = work->Panels * columns;
        var multiply = MatrixTile.Multiply;
        var tiles = stackalloc float*[rows];
        for (nint tile = 0; tile < work->Tiles; tile += rows)
        {
            for (var row = 0; row < rows; row++)
                tiles[row] = work->From + place * work->FromApart + (tile + row) * depth;
            multiply(tiles, 1, depth, weights, work->To + place * work->ToApart + tile * wide + panel * columns, wide);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => weights.Dispose();

    private struct ThreadWork
    {
        internal TileWork Input, Output;
        internal ProductWork Products;
        internal long Rows;
    }

    private struct ProductWork
    {
        internal float* From, To, Given, Kernels;
        internal nint FromApart, ToApart;
        internal long Tiles;
        internal int Depth, Outputs, Panels, Threads;

        internal readonly nint ValuesOfPanel => (nint)Depth * MatrixTile.Columns;

        // Where 36 of them are written in turns: each begins in other sets of the cache.
        internal readonly nint SpreadPanel => ValuesOfPanel + WinogradBuffers.Spread;
    }
}
