using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Kernels;

/// <summary>
/// Memory for the matrices of a convolution, kept by each thread that computes: taking it from the system each time would cost more than filling it.
/// What few networks need is not kept.
/// </summary>
internal static class WinogradBuffers
{
    // 17 lines of a cache: neighbouring matrices begin in other sets of it, whatever the number of tiles.
    internal const int Spread = 16 * 17;

    // 32 MB in each place: enough for weights of 512 x 448 channels.
    private const long MostKept = 8 << 20;

    [ThreadStatic]
    private static Tensor?[]? held;

    internal enum Place
    {
        Inputs,
        Outputs,
        Kernels,
        KernelGradients,
    }

    /// <summary>36 matrices, one after another; they belong to the caller's dispose scope.</summary>
    /// <param name="place">A buffer of its own for each.</param>
    /// <param name="rows">One more may be read.</param>
    /// <param name="columns">Of one row.</param>
    /// <param name="spread">Whether there is room between matrices, which a product's result may not have.</param>
    internal static Tensor Take(Place place, long rows, long columns, bool spread = false)
    {
        var apart = rows * columns + (spread ? Spread : 0);
        var needed = TileWork.Places * apart + columns;
        return Held(place, needed).as_strided([TileWork.Places, rows, columns], [apart, columns, 1]);
    }

    private static Tensor Held(Place place, long needed)
    {
        if (needed > MostKept)
            return empty(needed, ScalarType.Float32);
        held ??= new Tensor?[Enum.GetValues<Place>().Length];
        if (held[(int)place] is not { } buffer || buffer.numel() < needed)
        {
            held[(int)place]?.Dispose();
            held[(int)place] = buffer = empty(needed, ScalarType.Float32).DetachFromDisposeScope();
        }
        return buffer;
    }
}
