using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Kernels;

/// <summary>Weights as <see cref="MatrixTile"/> reads them: [panels, taps, depth, columns of a panel], the last panel filled up with zeros.</summary>
internal sealed unsafe class PackedMatrix : IDisposable
{
    private readonly NativeValues panels;

    private PackedMatrix(NativeValues panels, int taps, int depth, int columns) =>
        (this.panels, Taps, Depth, Columns) = (panels, taps, depth, columns);

    internal int Taps { get; }

    internal int Depth { get; }

    /// <summary>Without those that only fill the last panel.</summary>
    internal int Columns { get; }

    internal float* First => panels.First;

    internal long Bytes => panels.Count * sizeof(float);

    internal int Panels => MatrixTile.Panels(Columns);

    /// <summary>Those of a convolution, or of a linear layer as one of 1 x 1.</summary>
    /// <param name="weight">[K, C, kernel, kernel] or [K, C], float32.</param>
    internal static PackedMatrix OfKernel(Tensor weight)
    {
        using var scope = NewDisposeScope();
        var (k, c) = (weight.shape[0], weight.shape[1]);
        return OfMatrices(weight.view(k, c, -1).permute(2, 1, 0), together: true);
    }

    /// <param name="matrices">[M, depth, columns], float32.</param>
    /// <param name="together">Whether they are taps of one product; else each is a matrix of its own, one after another.</param>
    internal static PackedMatrix OfMatrices(Tensor matrices, bool together)
    {
        using var scope = NewDisposeScope();
        var given = matrices.detach();
        var (m, depth, columns) = ((int)given.shape[0], (int)given.shape[1], (int)given.shape[2]);
        var count = MatrixTile.Panels(columns);
        var missing = count * MatrixTile.Columns - columns;
        var filled = missing == 0 ? given : nn.functional.pad(given, [0L, missing]);
        var cut = filled.reshape(m, depth, count, MatrixTile.Columns);
        var packed = together ? cut.permute(2, 0, 1, 3) : cut.permute(0, 2, 1, 3);
        return new PackedMatrix(NativeValues.Of(packed), together ? m : 1, depth, columns);
    }

    /// <inheritdoc/>
    public void Dispose() => panels.Dispose();
}
