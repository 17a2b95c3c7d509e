using Ddpm;

namespace Ddpm.Samples;

/// <summary>A data set of one's own: gray images with horizontal or vertical stripes.</summary>
internal sealed class StripesReader(int count, int size) : IDatasetReader
{
    public IImageDataset Read(IProgress<ReadingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var pixels = new byte[count * size * size];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)((i / (size * size) % 2 == 0 ? i % size : i / size % size) % 4 < 2 ? 255 : 0);
        return new ImageDataset(new ImageShape(1, size, size), pixels);
    }
}
