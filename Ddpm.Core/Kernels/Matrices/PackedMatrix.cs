using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Kernels;

/// <summary>Weights as <see cref="MatrixTile"/> reads them: [panels, taps, depth, columns of a panel], the last panel filled up with zeros.</summary>
internal sealed unsafe class PackedMatrix : IDisposable
{
    private readonly NativeValues panels;
    private readonly int columns;

    /// <summary>Those of a convolution, or of a linear layer as one of 1 x 1.</summary>
    /// <param name="weight">[K, C, kernel, kernel] or [K, C], float32.</param>
    internal PackedMatrix(Tensor weight)
    {
        (columns, Depth) = ((int)weight.shape[0], (int)weight.shape[1]);
        Taps = (int)(weight.numel() / columns / Depth);
        panels = new NativeValues((long)Panels * Taps * Depth * MatrixTile.Columns);
        using var given = NativeValues.Of(weight);
        var work = new Work { From = given.First, To = panels.First, Taps = Taps, Depth = Depth, Columns = columns };
        NativeThreads.For(Panels, &work, &Pack);
    }

    internal int Taps { get; }

    internal int Depth { get; }

    internal float* First => panels.First;

    internal int Panels => MatrixTile.Panels(columns);

    private static void Pack(Work* work, long begin, long end)
    {
        var (width, values) = (MatrixTile.Columns, (nint)work->Taps * work->Depth);
        for (var panel = (nint)begin; panel < end; panel++)
            for (var column = 0; column < width; column++)
            {
                var to = work->To + panel * values * width + column;
                var from = work->From + (panel * width + column) * values;
                var isThere = panel * width + column < work->Columns;
                for (var d = 0; d < work->Depth; d++)
                    for (var tap = 0; tap < work->Taps; tap++)
                        to[((nint)tap * work->Depth + d) * width] = isThere ? from[d * work->Taps + tap] : 0;
            }
    }

    /// <inheritdoc/>
    public void Dispose() => panels.Dispose();

    private struct Work
    {
        internal float* From, To;
        internal int Taps, Depth, Columns;
    }
}
