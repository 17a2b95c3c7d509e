namespace Ddpm.Kernels;

/// <summary>
/// What the kernels of Winograd's convolution work on: images [N, H, W, C], cut into tiles, and 36 matrices [tiles, C], one for each place in a
/// transformed tile. A kernel of 3 x 3 counts as an image of one tile, [K, 3, 3, C].
/// </summary>
internal unsafe struct TileWork
{
    /// <summary>Places in a transformed tile.</summary>
    internal const int Places = 36;

    internal long Images;
    internal int Height, Width, Channels;

    /// <summary>From a pixel to the next, in values.</summary>
    internal nint PixelApart;

    /// <summary>Tiles of an image, by rows.</summary>
    internal int TilesDown, TilesAcross;

    /// <summary>Where a tile's pixels begin: so many before a multiple of their distance.</summary>
    internal int Before, Distance;

    /// <summary>Whether a tile is read backwards, as a kernel is for the gradient of what goes in.</summary>
    internal bool Backwards;

    internal float* Pixels;

    /// <summary>[36, tiles, C], with so many values from one to the next, and from a row to the next.</summary>
    internal float* Matrices;

    internal nint Apart, RowApart;

    /// <summary>The rows of tiles, of all images, that the matrices hold.</summary>
    internal long FirstRow, Rows;

    /// <summary>What is done to the pixels that come out.</summary>
    internal Finish Finish;
}
