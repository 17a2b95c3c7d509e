using Ddpm.Kernels;

namespace Ddpm.Networks;

/// <summary>Half or twice the size without weights.</summary>
internal sealed class Resizing(bool up) : ICompiledResampler
{
    public void Run(PixelBlock input, PixelBlock output, UNetRun run) => Run(input, output);

    /// <returns>The output.</returns>
    internal PixelBlock Run(PixelBlock input, PixelBlock output)
    {
        if (up)
            Resize.Double(input, output);
        else
            Resize.Halve(input, output);
        return output;
    }

    public void Dispose()
    {
    }
}

/// <summary>A convolution with stride 2.</summary>
internal sealed class CompiledDownConvolution(ConvolutionLayer layer, bool padAfterEnd) : ICompiledResampler
{
    public void Run(PixelBlock input, PixelBlock output, UNetRun run) =>
        layer.Run(input, output, layer.WithBias, run.Memory, step: 2, before: padAfterEnd ? 0 : 1);

    public void Dispose() => layer.Dispose();
}

/// <summary>Every pixel four times, then a convolution.</summary>
internal sealed class CompiledUpConvolution(ConvolutionLayer layer) : ICompiledResampler
{
    public void Run(PixelBlock input, PixelBlock output, UNetRun run)
    {
        var enlarged = run.Scratch(Place.Resized, output, input.Channels);
        Resize.Double(input, enlarged);
        layer.Run(enlarged, output, layer.WithBias, run.Memory);
    }

    public void Dispose() => layer.Dispose();
}
