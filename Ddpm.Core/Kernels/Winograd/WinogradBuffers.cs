using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Kernels;

/// <summary>
/// Memory for the matrices of a convolution, kept by each thread that computes: taking it from the system each time would cost more than filling it.
/// </summary>
internal static class WinogradBuffers
{
    // 17 lines of a cache: neighbouring matrices begin in other sets of it, whatever the number of tiles.
    private const int Spread = 16 * 17;

    [ThreadStatic]
    private static Tensor?[]? held;

    internal enum Place
    {
        Inputs,
        Outputs,
        Kernels,
        KernelGradients,
    }

    /// <summary>36 matrices, one after another; they belong to the caller's dispose scope, their memory does not.</summary>
    /// <param name="place">A buffer of its own for each.</param>
    /// <param name="rows">One more may be read.</param>
    /// <param name="columns">Of one row.</param>
    /// <param name="spread">Whether there is room between matrices, which a product's result may not have.</param>
    internal static Tensor Take(Place place, long rows, long columns, bool spread = false)
    {
        var apart = rows * columns + (spread ? Spread : 0);
        var needed = TileWork.Places * apart + columns;
        held ??= new Tensor?[Enum.GetValues<Place>().Length];
        if (held[(int)place] is not { } buffer || buffer.numel() < needed)
        {
            held[(int)place]?.Dispose();
            held[(int)place] = buffer = empty(needed, ScalarType.Float32).DetachFromDisposeScope();
        }
        return buffer.as_strided([TileWork.Places, rows, columns], [apart, columns, 1]);
    }
}
