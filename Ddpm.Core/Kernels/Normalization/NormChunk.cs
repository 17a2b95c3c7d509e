namespace Ddpm.Kernels;

/// <summary>Where a chunk of an image's pixels lies, and its sums.</summary>
internal static unsafe class NormChunk
{
    // A chunk of float32 fits the first-level cache, and few enough numbers are added in float32; what follows is added in double.
    private const int Values = 8192, MostPixels = 128, FewestPixels = 8;

    internal static int PixelsOf(int channels) => Math.Clamp(Values / channels, FewestPixels, MostPixels);

    internal static (int First, int Last) Pixels(NormWork* work, int chunk) =>
        (chunk * work->PixelsOfChunk, Math.Min((chunk + 1) * work->PixelsOfChunk, work->Pixels));

    internal static float* Sums(NormWork* work, long image, int chunk) => work->Sums + (image * work->Chunks + chunk) * 2 * work->Channels;

    /// <summary>Both sums of a channel over an image's chunks.</summary>
    internal static (double First, double Second) Add(NormWork* work, long image, int channel)
    {
        var (first, second) = (0.0, 0.0);
        for (var chunk = 0; chunk < work->Chunks; chunk++)
        {
            var sums = Sums(work, image, chunk);
            first += sums[channel];
            second += sums[work->Channels + channel];
        }
        return (first, second);
    }
}
