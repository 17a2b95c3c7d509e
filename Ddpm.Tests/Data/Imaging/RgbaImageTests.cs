using Ddpm.Imaging;

namespace Ddpm.Tests.Data.Imaging;

/// <summary>An image brought to a shape straight from its file's pixels is the picture that is loaded whole, made gray or not, and resized.</summary>
public class RgbaImageTests
{
    [Test]
    public void CopyTo_IsWhatAPictureBecomes([Values] bool isGray, [Values(1, 3)] int channels, [Values] ImageFit fit, [Range(1, 8)] int orientation)
    {
        (int, int, int, int)[] sizes = [(50, 31, 8, 6), (7, 300, 9, 9), (13, 11, 40, 20), (700, 600, 16, 16), (1, 1, 3, 2)];
        foreach (var (width, height, newWidth, newHeight) in sizes)
        {
            var values = new byte[4 * width * height];
            new Random(orientation).NextBytes(values);
            for (var i = 0; isGray && i < values.Length; i += 4)
                values[i + 2] = values[i + 1] = values[i];
            var image = new RgbaImage(width, height, values, isGray, orientation);
            var actual = new byte[channels * newHeight * newWidth];
            image.CopyTo(actual, new(channels, newHeight, newWidth), fit);
            var expected = image.ToPicture().WithChannels(channels).Resize(newWidth, newHeight, fit);
            Assert.That(actual, Is.EqualTo(expected.Pixels.ToArray()), $"{width} x {height} to {newWidth} x {newHeight}");
        }
    }

    // Where H x new W would be more than a picture may have, columns are resized first.
    [Test]
    public void CopyTo_OfExtremeProportions_IsWhatAPictureBecomes()
    {
        const int height = 60_000;
        var values = new byte[4 * height];
        new Random(0).NextBytes(values);
        var image = new RgbaImage(1, height, values, isGray: false, orientation: 1);
        var actual = new byte[2000 * 2];
        image.CopyTo(actual, new(1, 2, 2000), ImageFit.Squash);
        Assert.That(actual, Is.EqualTo(image.ToPicture().WithChannels(1).Resize(2000, 2).Pixels.ToArray()));
    }
}
