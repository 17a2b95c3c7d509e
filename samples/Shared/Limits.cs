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

    /// <summary>Whether the main memory holds half of what a network is estimated to need for so many images at once. A GPU says so by
    /// itself.</summary>
    /// <exception cref="ArgumentException">It does not.</exception>
    public static void CheckMemory(string flags, UNetOptions network, long images, bool training, Device device)
    {
        const double Surely = 0.5;
        if (device.type != DeviceType.CPU)
            return;
        var needed = Surely * (training ? network.TrainingBytes(images) : network.SamplingBytes(images));
        var there = (double)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (needed > there)
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"{flags} must fit into memory, but {images} images of {network.Image} at once take at least "
                + $"{needed / 1e9:F0} GB, and there are {there / 1e9:F0}."));
    }
}
