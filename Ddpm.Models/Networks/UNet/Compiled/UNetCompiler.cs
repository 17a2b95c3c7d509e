namespace Ddpm.Networks;

/// <summary>Collects the blocks of a UNet while their twins are made, to tell them of the time together.</summary>
internal sealed class UNetCompiler
{
    private readonly List<ResidualBlock> blocks = [];
    private int told;

    /// <returns>The first of the block's channels among those of all blocks.</returns>
    internal int Add(ResidualBlock block, int channels)
    {
        blocks.Add(block);
        told += channels;
        return told - channels;
    }

    internal TimeLayers Time(bool scaleShift) => new(blocks, scaleShift);
}
