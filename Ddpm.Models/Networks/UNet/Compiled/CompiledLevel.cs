namespace Ddpm.Networks;

/// <summary>One level of a compiled UNet, down or up: blocks, each followed by attention where there is one, and what leads to the next level.</summary>
internal sealed record CompiledLevel(
    IReadOnlyList<CompiledResidualBlock> Blocks, IReadOnlyList<CompiledAttentionBlock>? Attentions, ICompiledResampler? Resampler) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var part in Blocks.Concat<IDisposable>(Attentions ?? []))
            part.Dispose();
        Resampler?.Dispose();
    }
}
