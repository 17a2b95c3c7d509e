using Ddpm.Kernels;

namespace Ddpm.Networks;

/// <summary>What all blocks are told of the time: the same for all images, or a row for each.</summary>
/// <param name="shifts">[rows, width]: the bias of the first convolutions; or, where there are scales, β of the second norms.</param>
/// <param name="scales">[rows, width]: γ of the second norms; or null.</param>
/// <param name="width">Channels of all blocks.</param>
/// <param name="rows">1, or N.</param>
internal sealed class TimeTold(NativeValues shifts, NativeValues? scales, int width, int rows) : IDisposable
{
    private nint Apart => rows == 1 ? 0 : width;

    /// <summary>What follows the first convolution of a block.</summary>
    internal Finish BiasOf(CompiledResidualBlock block) =>
        scales is null ? Finish.Of(shifts, block.Told, Apart) : block.Conv1.WithBias;

    /// <summary>The second norm of a block, and SiLU.</summary>
    internal void Normalise(CompiledResidualBlock block, PixelBlock input, PixelBlock output, KernelMemory memory)
    {
        if (scales is null)
            block.Norm2.Run(input, output, silu: true, memory);
        else
            block.Norm2.Run(input, output, silu: true, memory, scales, shifts, block.Told, Apart);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        shifts.Dispose();
        scales?.Dispose();
    }
}
