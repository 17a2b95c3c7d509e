using Ddpm.Kernels;

namespace Ddpm.Networks;

/// <summary>What an <see cref="AttentionBlock"/> computes, by kernels: queries, keys and values are one product.</summary>
internal sealed record CompiledAttentionBlock(NormLayer? Norm, ConvolutionLayer Given, ConvolutionLayer Out, int Heads, double Scale) : IDisposable
{
    /// <param name="x">[N, H, W, C]; the result takes its place.</param>
    /// <param name="run">The batch's memory.</param>
    internal void Run(PixelBlock x, UNetRun run)
    {
        var normed = x;
        if (Norm is not null)
            Norm.Run(x, normed = run.Scratch(Place.Normed, x, x.Channels), silu: false, run.Memory);
        var given = run.Scratch(Place.Hidden, x, Given.Outputs);
        Given.Run(normed, given, Given.WithBias, run.Memory);
        var mixed = run.Scratch(Place.Resized, x, Given.Outputs / 3);
        AttentionLayer.Run(given, mixed, Heads, run.Memory);
        Out.Run(mixed, x, Out.WithBias.Plus(x, 1 / Scale), run.Memory);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Norm?.Dispose();
        Given.Dispose();
        Out.Dispose();
    }
}
