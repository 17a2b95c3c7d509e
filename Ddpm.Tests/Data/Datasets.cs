namespace Ddpm.Tests.Data;

/// <summary>The data sets of Golden/cases/datasets, which other programs wrote.</summary>
internal static class Datasets
{
    internal static string At(string name) => Recordings.Own("cases/datasets/" + name);

    /// <summary>Value <paramref name="value"/> of image <paramref name="image"/>, counted as planes of rows.</summary>
    internal static byte Pixel(int image, int value) => (byte)(image * 31 + value * 7);

    /// <summary>Expects every pixel of a data set.</summary>
    internal static void ExpectPixels(IImageDataset dataset, int count, ImageShape shape)
    {
        Assert.That((dataset.Count, dataset.Shape), Is.EqualTo((count, shape)));
        var pixels = new byte[shape.Values];
        for (var i = 0; i < count; i++)
        {
            dataset.CopyTo(i, pixels);
            Assert.That(pixels, Is.EqualTo(Enumerable.Range(0, pixels.Length).Select(value => Pixel(i, value))), $"image {i}");
        }
    }

    /// <summary>Expects that a reader tells of every image, in order, and the whole at last.</summary>
    internal static void ExpectProgress(Func<IProgress<ReadingProgress>, IImageDataset> read)
    {
        var told = new List<ReadingProgress>();
        var dataset = read(new Direct<ReadingProgress>(told.Add));
        Assert.That(told.Select(each => each.Done), Is.Ordered.Ascending.And.Not.Empty);
        Assert.That((told[^1].Done, told[^1].Total), Is.EqualTo((dataset.Count, dataset.Count)));
    }
}
