using Ddpm.Evaluation;

namespace Ddpm.Imaging;

/// <summary>Separable bicubic resampling (Keys 1981, a = -1/2) whose support grows where it shrinks, in the integer arithmetic of Pillow.</summary>
internal static class BicubicResize
{
    // 32 bits, less 8 for a pixel and 2 for the overshoot of the kernel's sum.
    private const int FractionBits = 22;

    /// <summary>From C planes of one size to C planes of another.</summary>
    internal static byte[] Resize(ReadOnlySpan<byte> pixels, ImageShape from, ImageShape to, ImageFit fit)
    {
        var (across, down) = Part(from, to, fit);
        // Pillow goes along rows first. For extreme proportions that order would need more memory than both pictures; the other one then does not.
        if ((long)from.Height * to.Width <= Picture.MaximumPixels)
        {
            var rows = Pass(pixels, from.Channels * from.Height, from.Width, across, to.Width, 1);
            return Pass(rows, from.Channels, from.Height, down, to.Height, to.Width);
        }
        var columns = Pass(pixels, from.Channels, from.Height, down, to.Height, from.Width);
        return Pass(columns, from.Channels * to.Height, from.Width, across, to.Width, 1);
    }

    /// <summary>What is kept of a picture: start and end across and down.</summary>
    internal static ((float Start, float End) Across, (float Start, float End) Down) Part(ImageShape from, ImageShape to, ImageFit fit) =>
        fit == ImageFit.Crop ? Centre(from, to) : ((0, from.Width), (0, from.Height));

    /// <summary>The largest rectangle of other proportions in the centre: start and end across and down, rounded as Pillow's are.</summary>
    private static ((float Start, float End) Across, (float Start, float End) Down) Centre(ImageShape from, ImageShape to)
    {
        var (proportions, wanted) = ((double)from.Width / from.Height, (double)to.Width / to.Height);
        double width = from.Width, height = from.Height;
        if (proportions > wanted)
            width = wanted * from.Height;
        else if (proportions < wanted)
            height = from.Width / wanted;
        var (left, top) = ((from.Width - width) * 0.5, (from.Height - height) * 0.5);
        return (((float)left, (float)(left + width)), ((float)top, (float)(top + height)));
    }

    /// <summary>Resamples a part of the middle axis: [outer, count, inner] to [outer, newCount, inner].</summary>
    private static byte[] Pass(ReadOnlySpan<byte> source, int outer, int count, (float Start, float End) part, int newCount, int inner)
    {
        var target = new byte[(long)outer * newCount * inner];
        Pass(source, outer, count, part, newCount, inner, target);
        return target;
    }

    /// <inheritdoc cref="Pass(ReadOnlySpan{byte}, int, int, ValueTuple{float, float}, int, int)"/>
    internal static void Pass(
        ReadOnlySpan<byte> source, int outer, int count, (float Start, float End) part, int newCount, int inner, Span<byte> target)
    {
        for (var i = 0; i < newCount; i++)
        {
            var (first, weights) = Weights(i, count, part, newCount);
            for (var o = 0; o < outer; o++)
                for (var j = 0; j < inner; j++)
                {
                    var sum = 1 << (FractionBits - 1);
                    var at = (o * count + first) * inner + j;
                    foreach (var weight in weights)
                    {
                        sum += weight * source[at];
                        at += inner;
                    }
                    target[(o * newCount + i) * inner + j] = (byte)Math.Clamp(sum >> FractionBits, 0, 255);
                }
        }
    }

    // In units of 2^-22.
    private static (int First, int[] Weights) Weights(int i, int count, (float Start, float End) part, int newCount)
    {
        var (first, weights) = BicubicWeights.Of(i, count, part, newCount);
        return (first, Array.ConvertAll(weights, weight => (int)Math.Round(weight * (1 << FractionBits), MidpointRounding.AwayFromZero)));
    }
}
