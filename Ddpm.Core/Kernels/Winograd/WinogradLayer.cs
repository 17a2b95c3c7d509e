using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Kernels;

/// <summary>
/// A 3 x 3 convolution by <see cref="IWinogradStep"/> whose weights do not change: they are transformed once, into 36 matrices that take four times
/// their memory.
/// </summary>
internal sealed unsafe class WinogradLayer : IDisposable
{
    private const int Tile = 4;

    // Below, what is saved does not pay for the transformations, or for reading four times the weights.
    private const int FewestChannels = 32, FewestTiles = 16;

    // Matrices of the tiles that are computed together, in values: they stay in the cache between the steps.
    private const long MostValues = 1 << 19;

    private readonly PackedMatrix kernels;

    /// <param name="weight">[K, C, 3, 3].</param>
    internal WinogradLayer(Tensor weight)
    {
        using var scope = NewDisposeScope();
        kernels = PackedMatrix.OfMatrices(WinogradConvolution.Kernels(weight, backwards: false).transpose(1, 2), together: false);
    }

    internal long Bytes => kernels.Bytes;

    /// <summary>Whether it can compute a convolution of these images, and is faster.</summary>
    internal static bool Pays(PixelBlock input, int outputs) =>
        input.Channels % FastKernels.Lanes == 0 && outputs % FastKernels.Lanes == 0 && input.Height % Tile == 0 && input.Width % Tile == 0
        && Math.Min(input.Channels, outputs) >= FewestChannels && (long)input.Images * input.Pixels / (Tile * Tile) >= FewestTiles;

    internal void Run(PixelBlock input, PixelBlock output, in Finish finish, KernelMemory memory)
    {
        var (across, rows) = (input.Width / Tile, (long)input.Images * (input.Height / Tile));
        var wide = kernels.Panels * MatrixTile.Columns;
        var most = Math.Max(1, MostValues / (TileWork.Places * (input.Channels + wide) * across));
        var parts = (rows + most - 1) / most;
        var together = (rows + parts - 1) / parts;
        // Lines of the cache between matrices: neighbours begin in other sets of it, whatever the number of tiles.
        var tiles = (together * across + MatrixTile.Rows - 1) / MatrixTile.Rows * MatrixTile.Rows;
        var (fromApart, toApart) = ((nint)(tiles * input.Channels + WinogradBuffers.Spread), (nint)(tiles * wide + WinogradBuffers.Spread));
        var from = memory.Take(KernelPlace.Inputs, TileWork.Places * fromApart);
        var to = memory.Take(KernelPlace.Outputs, TileWork.Places * toApart);
        for (long first = 0; first < rows; first += together)
        {
            var count = Math.Min(together, rows - first);
            TileKernel<InputStep>.ToMatrices(Describe(input, from, fromApart, input.Channels, first, count) with { Before = 1 });
            var products = new Products
            {
                From = from, To = to, Kernels = kernels.First, FromApart = fromApart, ToApart = toApart, Depth = input.Channels, Panels = kernels.Panels,
                Tiles = count * across,
            };
            NativeThreads.For(TileWork.Places * kernels.Panels, &products, &Multiply);
            TileKernel<OutputStep>.ToPixels(Describe(output, to, toApart, wide, first, count) with { Finish = finish });
        }
    }

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

    // One panel of one of the 36 products each.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(Products* products, long begin, long end)
    {
        var (rows, columns, depth) = (MatrixTile.Rows, MatrixTile.Columns, products->Depth);
        var wide = products->Panels * columns;
        var multiply = MatrixTile.Multiply;
        var tiles = stackalloc float*[rows];
        for (var item = begin; item < end; item++)
        {
            var (place, panel) = ((nint)(item / products->Panels), (nint)(item % products->Panels));
            var weights = products->Kernels + (place * products->Panels + panel) * depth * columns;
            for (nint tile = 0; tile < products->Tiles; tile += rows)
            {
                for (var row = 0; row < rows; row++)
                    tiles[row] = products->From + place * products->FromApart + (tile + row) * depth;
                multiply(tiles, 1, depth, weights, products->To + place * products->ToApart + tile * wide + panel * columns, wide);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => kernels.Dispose();

    private struct Products
    {
        internal float* From, To, Kernels;
        internal nint FromApart, ToApart;
        internal long Tiles;
        internal int Depth, Panels;
    }
}
