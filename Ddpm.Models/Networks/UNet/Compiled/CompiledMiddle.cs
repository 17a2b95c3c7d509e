using Ddpm.Kernels;

namespace Ddpm.Networks;

/// <summary>What a <see cref="MiddleBlock"/> computes, by kernels.</summary>
internal sealed record CompiledMiddle(CompiledResidualBlock First, CompiledAttentionBlock? Attention, CompiledResidualBlock Second) : IDisposable
{
    internal void Run(PixelBlock input, PixelBlock output, UNetRun run)
    {
        First.Run(input, output, run);
        Attention?.Run(output, run);
        Second.Run(output, output, run);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        First.Dispose();
        Attention?.Dispose();
        Second.Dispose();
    }
}
