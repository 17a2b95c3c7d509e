namespace Ddpm.Tests.Data.Imaging;

/// <summary>Pictures of every kind, against what Pillow 9.4 makes of them: turned as EXIF says, on white, in red, green and blue.</summary>
public class PictureCasesTests
{
    private const string Pictures = "cases/pictures/";

    private static IEnumerable<string> Names() => Directory.GetFiles(Recordings.Own(Pictures + "expected"))
        .Select(path => Path.GetFileNameWithoutExtension(path)!).Where(name => !name.Contains(".fit-", StringComparison.Ordinal));

    // One level for the rounding of alpha and of the decoders of JPEG and WebP.
    [TestCaseSource(nameof(Names))]
    public void Load_OfAnOddPicture_IsPillowsResult(string name)
    {
        var actual = Picture.Load(Recordings.Own(Pictures + name)).WithChannels(3);
        Expect.SamePicture(actual, Picture.Load(Recordings.At($"{Pictures}expected/{name}.png")), share: 1);
    }

    [TestCase("pattern-51x31", 16, 16)]
    [TestCase("pattern-51x31", 31, 31)]
    [TestCase("pattern-51x31", 20, 40)]
    [TestCase("pattern-51x31", 64, 9)]
    [TestCase("pattern-51x31", 51, 31)]
    [TestCase("pattern-51x31", 60, 70)]
    [TestCase("pattern-tall-gray", 8, 8)]
    [TestCase("wide-circle", 32, 32)]
    public void Resize_ThatCrops_IsPillowsFit(string name, int width, int height)
    {
        var actual = Picture.Load(Recordings.At($"{Pictures}{name}.png")).Resize(width, height, ImageFit.Crop);
        var expected = Picture.Load(Recordings.At($"{Pictures}expected/{name}.fit-{width}x{height}.png"));
        Assert.That(actual.Shape, Is.EqualTo(expected.Shape));
        // The same integer arithmetic, the same corners of the rectangle: no tolerance.
        Assert.That(actual.Pixels.ToArray(), Is.EqualTo(expected.Pixels.ToArray()));
    }

    [Test]
    public void Resize_OfAWideCircle_KeepsItRoundOnlyWhereItCrops()
    {
        var circle = Picture.Load(Recordings.Own(Pictures + "wide-circle.png"));
        var (width, height) = Extent(circle.Resize(100, 100, ImageFit.Crop));
        Assert.That(width, Is.EqualTo(height).Within(1));
        (width, height) = Extent(circle.Resize(100, 100, ImageFit.Squash));
        Assert.That(width, Is.EqualTo(height / 2).Within(1));
    }

    [Test]
    public void Resize_OfTheSameProportions_DoesNotDependOnTheFit()
    {
        var picture = PictureTests.Pattern(new(3, 20, 30));
        Assert.That(picture.Resize(9, 6, ImageFit.Crop).Pixels.ToArray(), Is.EqualTo(picture.Resize(9, 6).Pixels.ToArray()));
        Assert.That(() => picture.Resize(9, 6, (ImageFit)7), Throws.ArgumentException.With.Message.Contains("Crop, Squash, but is 7"));
    }

    // Width and height of what differs clearly from the picture's corner.
    private static (int Width, int Height) Extent(Picture picture)
    {
        var pixels = picture.WithChannels(1).Pixels.Span;
        var (xs, ys) = (new List<int>(), new List<int>());
        for (var i = 0; i < pixels.Length; i++)
            if (Math.Abs(pixels[i] - pixels[0]) > 60)
            {
                xs.Add(i % picture.Width);
                ys.Add(i / picture.Width);
            }
        return (xs.Max() - xs.Min() + 1, ys.Max() - ys.Min() + 1);
    }
}
