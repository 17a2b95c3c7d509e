using Ddpm.Samples;

namespace Ddpm.Tests.Samples.Terminal;

public class PictureFitTests
{
    [TestCase(7, 5, 3, 3, 3, 2)]
    [TestCase(5, 7, 9, 3, 2, 3)]
    [TestCase(6, 4, 3, 100, 3, 2)]
    [TestCase(13, 11, 12, 11, 12, 10)]
    [TestCase(1, 9, 4, 4, 1, 4)]            // less than half a pixel wide is still one
    [TestCase(300, 1, 7, 7, 7, 1)]
    public void Into_ASmallerPlace_IsTheMeanOfWhatLiesUnderEachPixel(int width, int height, int toWidth, int toHeight, int newWidth, int newHeight)
    {
        var picture = Pictures.Noise(width, height);
        var fitted = PictureFit.Into(picture, toWidth, toHeight);
        Assert.That(fitted.Shape, Is.EqualTo(new ImageShape(3, newHeight, newWidth)));
        // The same by counting: each pixel as a square of newWidth x newHeight, of which a new pixel takes up width x height.
        for (var plane = 0; plane < 3; plane++)
            for (var y = 0; y < newHeight; y++)
                for (var x = 0; x < newWidth; x++)
                {
                    var sum = 0L;
                    for (var row = y * height; row < (y + 1) * height; row++)
                        for (var column = x * width; column < (x + 1) * width; column++)
                            sum += picture.Pixels.Span[(plane * height + row / newHeight) * width + column / newWidth];
                    var mean = Math.Round((double)sum / (width * height), MidpointRounding.AwayFromZero);
                    Assert.That(fitted.Pixels.Span[(plane * newHeight + y) * newWidth + x], Is.EqualTo(mean), $"{plane}, {y}, {x}");
                }
    }

    [TestCase(3, 2, 11, 100, 3)]
    [TestCase(3, 2, 100, 5, 2)]
    [TestCase(3, 2, 5, 3, 1)]
    [TestCase(1, 1, 79, 48, 48)]
    public void Into_ALargerPlace_MakesSquaresOfPixels(int width, int height, int toWidth, int toHeight, int times)
    {
        var picture = Pictures.Noise(width, height);
        var fitted = PictureFit.Into(picture, toWidth, toHeight);
        Assert.That((fitted.Width, fitted.Height), Is.EqualTo((width * times, height * times)));
        var (small, large) = (picture.Colors(), fitted.Colors());
        Assert.That(large, Is.EqualTo(Enumerable.Range(0, large.Length).Select(i =>
            small[i / fitted.Width / times * width + i % fitted.Width / times])));
    }

    [Test]
    public void Into_AnyPlace_FillsItInThePicturesProportions()
    {
        var random = new Random(5);
        for (var i = 0; i < 2000; i++)
        {
            var (width, height, toWidth, toHeight) = (random.Next(1, 60), random.Next(1, 60), random.Next(1, 60), random.Next(1, 60));
            var fitted = PictureFit.Into(new Picture(new(1, height, width), new byte[height * width]), toWidth, toHeight);
            var words = $"{width} x {height} into {toWidth} x {toHeight}: {fitted.Width} x {fitted.Height}";
            Assert.That(fitted.Width <= toWidth && fitted.Height <= toHeight, words);
            if (width <= toWidth && height <= toHeight)
                Assert.That(fitted.Width + width > toWidth || fitted.Height + height > toHeight, words);
            else
            {
                Assert.That(fitted.Width == toWidth || fitted.Height == toHeight, words);
                var scale = Math.Min((double)toWidth / width, (double)toHeight / height);
                Assert.That(fitted.Width, Is.EqualTo(Math.Max(1, scale * width)).Within(0.5 + 1e-9), words);
                Assert.That(fitted.Height, Is.EqualTo(Math.Max(1, scale * height)).Within(0.5 + 1e-9), words);
            }
        }
    }

    [Test]
    public void Into_OfGray_HasThreeEqualChannels()
    {
        var pixels = PictureFit.Into(Pictures.Noise(9, 8, channels: 1), 4, 4).Pixels.ToArray().Chunk(4 * 4).ToArray();
        Assert.That(pixels, Has.Length.EqualTo(3).And.All.EqualTo(pixels[0]));
    }

    [TestCase(0, 1)]
    [TestCase(1, 0)]
    public void Into_NoPlace_IsRefused(int width, int height) =>
        Assert.That(() => PictureFit.Into(Pictures.Noise(2, 2), width, height), Throws.TypeOf<ArgumentOutOfRangeException>());
}
