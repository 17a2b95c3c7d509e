namespace Ddpm.Tests.Data.Imaging;

public class BicubicResizeTests
{
    [Test]
    public void Resize_OfTheFace_IsPillowsResult()
    {
        var face = Picture.Load(Shared.Path(Shared.Face));
        var expected = Picture.Load(Recordings.At("seed/face-128.png"));
        var actual = face.Resize(128, 128);
        Assert.That(actual.Shape, Is.EqualTo(expected.Shape));
        // The same integer arithmetic: no tolerance.
        Assert.That(actual.Pixels.ToArray(), Is.EqualTo(expected.Pixels.ToArray()));
    }

    [Test]
    public void Resize_ToTheSameSize_ChangesNothing()
    {
        var picture = PictureTests.Pattern(new(3, 13, 9));
        Assert.That(picture.Resize(9, 13).Pixels.ToArray(), Is.EqualTo(picture.Pixels.ToArray()));
    }

    [TestCase(5, 3)]
    [TestCase(40, 1)]
    [TestCase(1, 40)]
    [TestCase(100, 77)]
    public void Resize_OfOneColour_KeepsIt(int width, int height)
    {
        var picture = new Picture(new(3, 17, 19), [.. Enumerable.Range(0, 3 * 17 * 19).Select(i => (byte)(70 * (1 + i / (17 * 19))))]);
        var resized = picture.Resize(width, height);
        Assert.That(resized.Shape, Is.EqualTo(new ImageShape(3, height, width)));
        for (var c = 0; c < 3; c++)
            Assert.That(resized.Pixels.Slice(c * width * height, width * height).ToArray(), Is.All.EqualTo((byte)(70 * (1 + c))));
    }

    [Test]
    public void Resize_OfAnEdge_OvershootsAsTheKernelSays()
    {
        // Doubling: the samples lie a quarter of a pixel beside the old ones. Keys' kernel at 0.25, 0.75, 1.25, 1.75 is
        // 0.8671875, 0.2265625, -0.0703125, -0.0234375; of (50, 50, 150, 150) the sixth sample is 50 + 100 (0.8671875 + 0.2265625 - ...).
        var doubled = new Picture(new(1, 1, 4), [50, 50, 150, 150]).Resize(8, 1).Pixels.ToArray();
        Assert.That(doubled[3], Is.EqualTo(50 + (byte)Math.Round(100 * (0.2265625 - 0.0234375))));
        Assert.That(doubled[4], Is.EqualTo(150 - (byte)Math.Round(100 * (0.2265625 - 0.0234375))));
        Assert.That(doubled[2], Is.EqualTo(50 - Math.Round(100 * 0.0703125)));
        Assert.That(doubled[5], Is.EqualTo(150 + Math.Round(100 * 0.0703125)));
    }

    [Test]
    public void Resize_OfExtremeProportions_NeedsNoMoreThanBothPictures()
    {
        // Rows first would take 200,000 x 4,000 bytes.
        var before = GC.GetTotalAllocatedBytes();
        var resized = new Picture(new(1, 200_000, 1), [.. Enumerable.Repeat((byte)9, 200_000)]).Resize(4_000, 1);
        Assert.That(resized.Pixels.ToArray(), Is.All.EqualTo(9));
        Assert.That(GC.GetTotalAllocatedBytes() - before, Is.LessThan(50_000_000));
    }
}
