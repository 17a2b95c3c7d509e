using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>What surely cannot be done is refused before anything is drawn.</summary>
internal static class Limits
{
    /// <summary>Whether images of one size, in rows and columns, make a picture that can be written.</summary>
    /// <exception cref="ArgumentException">They make one that is too large.</exception>
    public static void CheckPicture(string flags, long rows, long columns, ImageShape image, int scale = 1, int gap = 0)
    {
        var (height, width) = (Extent(rows, image.Height), Extent(columns, image.Width));
        if (height * width > Picture.MaximumPixels)
            throw new ArgumentException(
                $"{flags} must make a picture of at most {Picture.MaximumPixels} pixels, but {rows} x {columns} images make {height} x {width}.");

        decimal Extent(long cells, int edge) => (decimal)cells * edge * scale + (decimal)(cells - 1) * gap;
    }

    /// <summary>
    /// Whether the main memory holds the least that a network needs for so many images at once: while training what every convolution was shown,
    /// while sampling what the first level's are. A GPU says so by itself at once.
    /// </summary>
    /// <exception cref="ArgumentException">It does not.</exception>
    public static void CheckMemory(string flags, UNetOptions network, long images, bool training, Device device)
    {
        if (device.type != DeviceType.CPU)
            return;
        var (needed, there) = (images * LeastBytes(network, training), (double)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        if (needed > there)
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"{flags} must fit into memory, but {images} images of {network.Image} at once take at least "
                + $"{needed / 1e9:F0} GB, and there are {there / 1e9:F0}."));
    }

    private static double LeastBytes(UNetOptions network, bool training)
    {
        const int Float = 4, ConvolutionsOfABlock = 2;
        var levels = network.Multipliers.Select((multiplier, level) =>
            Float * network.Channels * multiplier * (network.Image.Height >> level) * (network.Image.Width >> level));
        return training ? levels.Sum() * ConvolutionsOfABlock * (2 * network.BlocksPerLevel + 1) : ConvolutionsOfABlock * levels.First();
    }
}
