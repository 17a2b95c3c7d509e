using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Ddpm.Kernels;

/// <summary>
/// The product that everything heavy is made of: some rows of numbers times a panel of weights, result by result in a register. Rows may lie
/// anywhere, so that the neighbours of a pixel are read where they are; a panel holds the columns that the registers hold, one depth after another.
/// </summary>
internal static unsafe class MatrixTile
{
    /// <summary>As many as any tile has: for memory on the stack.</summary>
    internal const int MostRows = MatrixTile512.Rows, MostColumns = MatrixTile512.Columns;

    /// <summary>Whether the processor has registers of 512 bits, and .NET would use them.</summary>
    internal static readonly bool IsWide = Avx512F.IsSupported && Vector512.IsHardwareAccelerated;

    /// <summary>Rows of a tile.</summary>
    internal static readonly int Rows = IsWide ? MatrixTile512.Rows : MatrixTile256.Rows;

    /// <summary>Columns of a tile, and of a panel.</summary>
    internal static readonly int Columns = IsWide ? MatrixTile512.Columns : MatrixTile256.Columns;

    /// <summary>
    /// to[r, c] = Σ_tap Σ_d rows[tap, r][d] · panel[tap, d, c]. The arguments: rows [taps, Rows]; taps; depth; panel [taps, depth, Columns]; to, and
    /// how far its rows lie apart.
    /// </summary>
    internal static readonly delegate*<float**, int, nint, float*, float*, nint, void> Multiply =
        IsWide ? &MatrixTile512.Multiply : &MatrixTile256.Multiply;

    /// <summary>Panels of so many columns.</summary>
    internal static int Panels(int columns) => (columns + Columns - 1) / Columns;
}
