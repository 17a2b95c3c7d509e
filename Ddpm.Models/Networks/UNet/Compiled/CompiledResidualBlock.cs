using Ddpm.Kernels;

namespace Ddpm.Networks;

/// <summary>What a <see cref="ResidualBlock"/> computes, by kernels.</summary>
internal sealed record CompiledResidualBlock(
    NormLayer Norm1, ConvolutionLayer Conv1, NormLayer Norm2, ConvolutionLayer Conv2, ConvolutionLayer? Shortcut, Resizing? Resize, double Scale,
    int Told) : ICompiledResampler, IDisposable
{
    /// <param name="input">[N, H, W, C].</param>
    /// <param name="output">[N, H', W', K]; it may be the input if the shape is the same.</param>
    /// <param name="run">The batch's memory, and what is told of the time.</param>
    public void Run(PixelBlock input, PixelBlock output, UNetRun run)
    {
        var (shortcut, memory) = (input, run.Memory);
        var normed = run.Scratch(Place.Normed, input, input.Channels);
        Norm1.Run(input, normed, silu: true, memory);
        if (Resize is { } resize)
        {
            normed = resize.Run(normed, run.Scratch(Place.Resized, output, input.Channels));
            shortcut = resize.Run(input, run.Scratch(Place.Shortcut, output, input.Channels));
        }
        var hidden = run.Scratch(Place.Hidden, output, output.Channels);
        Conv1.Run(normed, hidden, run.Time.BiasOf(this), memory);
        normed = run.Scratch(Place.Normed, output, output.Channels);
        run.Time.Normalise(this, hidden, normed, memory);
        if (Shortcut is not null)
        {
            Shortcut.Run(shortcut, output, Shortcut.WithBias, memory);
            shortcut = output;
        }
        Conv2.Run(normed, output, Conv2.WithBias.Plus(shortcut, 1 / Scale), memory);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var layer in (IDisposable?[])[Norm1, Conv1, Norm2, Conv2, Shortcut])
            layer?.Dispose();
    }
}
