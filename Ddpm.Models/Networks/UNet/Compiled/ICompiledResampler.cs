using Ddpm.Kernels;

namespace Ddpm.Networks;

/// <summary>Leads from one level of a compiled UNet to the next.</summary>
internal interface ICompiledResampler : IDisposable
{
    /// <param name="input">[N, H, W, C].</param>
    /// <param name="output">[N, H', W', C].</param>
    /// <param name="run">The batch's memory, and what is told of the time.</param>
    void Run(PixelBlock input, PixelBlock output, UNetRun run);
}
