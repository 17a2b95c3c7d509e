using System.Security.Cryptography;

namespace Ddpm.Tests.Data.Shapes;

public class ShapesReaderTests
{
    private static readonly ShapesReader Reader = new(240);
    private static readonly IImageDataset Images = Reader.Read();

    [Test]
    public void Read_WithASeed_AlwaysGivesTheSameBytes()
    {
        var bytes = new byte[3 * 16 * 16 * Images.Count];
        for (var i = 0; i < Images.Count; i++)
            Images.CopyTo(i, bytes.AsSpan(3 * 16 * 16 * i));
        Assert.That(Convert.ToHexString(SHA256.HashData(bytes))[..16], Is.EqualTo("771038EFCA00D1A7"));
    }

    [Test]
    public void Read_WithAnotherCount_GivesTheSameImages()
    {
        var few = new ShapesReader(5).Read();
        Assert.That(Enumerable.Range(0, 5).Select(i => Image(few, i)), Is.EqualTo(Enumerable.Range(0, 5).Select(i => Image(Images, i))));
    }

    [Test]
    public void Read_WithAnotherSeed_GivesOtherImages()
    {
        var others = new ShapesReader(240, seed: 1).Read();
        Assert.That(Enumerable.Range(0, 240).Count(i => Image(others, i).SequenceEqual(Image(Images, i))), Is.Zero);
        Assert.That(Enumerable.Range(0, 240).Select(i => Convert.ToHexString(Image(Images, i))), Is.Unique);
    }

    [Test]
    public void Read_HasEveryClassAndItsName()
    {
        Assert.That(Images.Shape, Is.EqualTo(new ImageShape(3, 16, 16)));
        Assert.That(Images.ClassNames, Has.Count.EqualTo(12));
        string[] some = [Images.ClassNames![0], Images.ClassNames[6], Images.ClassNames[11]];
        Assert.That(some, Is.EqualTo(new[] { "red circle", "blue square", "orange triangle" }));
        Assert.That(Images.Labels!.CountBy(label => label).Select(pair => (pair.Key, pair.Value)),
            Is.EquivalentTo(Enumerable.Range(0, 12).Select(label => (label, 20))));
    }

    [Test]
    public void Read_EveryImage_HasItsLabelsColourOnWhite()
    {
        int[][] colours = [[220, 30, 40], [20, 150, 60], [30, 70, 210], [250, 160, 20]];
        for (var i = 0; i < Images.Count; i++)
        {
            var image = Image(Images, i);
            // The most frequent colour that is not white: pixels that are covered in full outnumber each shade of the rim.
            var dominant = Enumerable.Range(0, 256).Select(p => (image[p], image[256 + p], image[512 + p]))
                .Where(pixel => pixel != (255, 255, 255)).GroupBy(pixel => pixel).MaxBy(group => group.Count())!.Key;
            Assert.That(new int[] { dominant.Item1, dominant.Item2, dominant.Item3 }, Is.EqualTo(colours[Images.Labels![i] % 4]), $"image {i}");
            var white = Enumerable.Range(0, 256).Count(p => image[p] == 255 && image[256 + p] == 255 && image[512 + p] == 255);
            Assert.That(white, Is.GreaterThanOrEqualTo(256 - 14 * 14), $"image {i}");
        }
    }

    [Test]
    public void Read_EveryImage_HasTheAreaOfItsLabelsShapeWhollyInside()
    {
        for (var i = 0; i < Images.Count; i++)
        {
            var (shape, label) = (Reader.ShapeOf(i), Images.Labels![i]);
            var square = shape.Radius * shape.Radius;
            // Circle π r²; square of edge 2r; equilateral triangle of edge 2r.
            var expected = (label / 4) switch { 0 => Math.PI * square, 1 => 4 * square, _ => Math.Sqrt(3) * square };
            // Sampling errs by at most an eighth of a pixel along the rim, and mostly cancels: 3 % is twice the largest error seen.
            Assert.That(Area(Image(Images, i), label % 4), Is.EqualTo(expected).Within(3).Percent, $"image {i}: {shape}");
            Assert.That(shape.Radius, Is.InRange(4.0, 6.4));
            Assert.That(shape.X, Is.InRange(shape.Radius, 16 - shape.Radius));
            Assert.That(shape.Y, Is.InRange(shape.Radius, 16 - shape.Radius));
        }
    }

    [Test]
    public void Read_SizesAndPlaces_FillTheirRange()
    {
        var shapes = Enumerable.Range(0, 240).Select(Reader.ShapeOf).ToArray();
        foreach (var values in new[]
        {
            shapes.Select(shape => (shape.Radius / 16 - 0.25) / 0.15),
            shapes.Select(shape => (shape.X - shape.Radius) / (16 - 2 * shape.Radius)),
            shapes.Select(shape => (shape.Y - shape.Radius) / (16 - 2 * shape.Radius)),
        })
            // 240 uniform draws leave a tenth of the range empty at an end with probability 0.9^240 = 1e-11.
            Assert.That((values.Min(), values.Max()), Is.EqualTo((0.05, 0.95)).Within(0.05));
    }

    [Test]
    public void Read_OfTheDefault_IsQuick() =>
        Assert.That(ProcessorTime.Of(() => Assert.That(new ShapesReader().Read().Count, Is.EqualTo(4096))), Is.LessThan(5));

    [Test]
    public void Read_Cancelled_Throws() =>
        Assert.That(() => new ShapesReader().Read(cancellationToken: new(canceled: true)), Throws.InstanceOf<OperationCanceledException>());

    [Test]
    public void Constructor_OutOfRange_Throws()
    {
        Assert.That(() => new ShapesReader(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new ShapesReader(size: 7), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new ShapesReader(size: 1025), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new ShapesReader(int.MaxValue), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private static byte[] Image(IImageDataset dataset, int index)
    {
        var image = new byte[dataset.Shape.Values];
        dataset.CopyTo(index, image);
        return image;
    }

    // Ink in pixels, from the channel that differs most from white.
    private static double Area(byte[] image, int colour)
    {
        var (channel, value) = colour switch { 0 => (1, 30), 1 => (0, 20), 2 => (0, 30), _ => (2, 20) };
        return image.Skip(256 * channel).Take(256).Sum(pixel => (255.0 - pixel) / (255 - value));
    }
}
