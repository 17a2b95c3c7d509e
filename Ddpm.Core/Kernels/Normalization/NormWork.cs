using Ddpm.Noise;

namespace Ddpm.Kernels;

/// <summary>
/// What the kernels of group normalisation work on. N images of pixels with C channels each lie as [N, H · W, C]; an image is cut into chunks of
/// pixels by its shape alone, so that sums do not depend on the number of threads.
/// </summary>
internal unsafe struct NormWork
{
    internal long Images;
    internal int Pixels, Channels, Groups, PixelsOfChunk, Chunks;
    internal double Epsilon;
    internal MaskRule Mask;

    /// <summary>Images whose pixels lie side by side, cut into chunks.</summary>
    internal static NormWork Of(long images, int pixels, int channels, int groups, double epsilon)
    {
        var chunk = NormChunk.PixelsOf(channels);
        return new()
        {
            Images = images,
            Pixels = pixels,
            Channels = channels,
            Groups = groups,
            PixelsOfChunk = chunk,
            Chunks = (pixels + chunk - 1) / chunk,
            Epsilon = epsilon,
            InputApart = channels,
            OutputApart = channels,
        };
    }

    /// <summary>[N, H · W, C], as it is stored.</summary>
    internal void* Input, Output;

    /// <summary>[C]: γ and β.</summary>
    internal float* Scale, Shift;

    /// <summary>From a pixel to the next, in values.</summary>
    internal nint InputApart, OutputApart;

    /// <summary>From γ and β of an image to those of the next, in values; 0: all have the same.</summary>
    internal nint ScaleApart;

    /// <summary>[N, C], added to every pixel before; or null.</summary>
    internal float* Offset;

    /// <summary>[N, 3, C]: x̂ = first · x + second; and the sum of x, without offset, over the pixels.</summary>
    internal float* Statistics;

    /// <summary>[N, chunks, 2, C]: two sums over the pixels of each chunk.</summary>
    internal float* Sums;

    /// <summary>[N, 3, C]: what the last phase takes for each channel.</summary>
    internal float* Coefficients;

    /// <summary>On the way back: [N, H · W, C], the output's gradient. <see cref="Output"/> is then the input's.</summary>
    internal void* Gradient;

    /// <summary>On the way back: [N, C], the gradients of γ, β and, if it is not null, of the offset, by image.</summary>
    internal float* ScaleGradients, ShiftGradients, OffsetGradients;
}
