namespace Ddpm.Tests.Data.Imaging;

/// <summary>Streams, bytes, interleaved rows and RGBA.</summary>
public class PictureLayoutsTests
{
    [Test]
    public void FromInterleaved_OfTwoPixels_SeparatesTheChannels()
    {
        var picture = Picture.FromInterleaved(new(3, 1, 2), [1, 2, 3, 4, 5, 6]);
        Assert.That(picture.Pixels.ToArray(), Is.EqualTo(new byte[] { 1, 4, 2, 5, 3, 6 }));
        Assert.That(picture.ToInterleaved(), Is.EqualTo(new byte[] { 1, 2, 3, 4, 5, 6 }));
        Assert.That(picture.ToRgba(), Is.EqualTo(new byte[] { 1, 2, 3, 255, 4, 5, 6, 255 }));
        Assert.That(Picture.FromInterleaved(new(1, 2, 1), [7, 9]).ToRgba(), Is.EqualTo(new byte[] { 7, 7, 7, 255, 9, 9, 9, 255 }));
    }

    [TestCase(1, 1, 1), TestCase(1, 5, 7), TestCase(3, 7, 5)]
    public void Layouts_OfAPicture_GiveItBack(int channels, int height, int width)
    {
        var picture = PictureTests.Pattern(new(channels, height, width));
        Assert.That(Picture.FromInterleaved(picture.Shape, picture.ToInterleaved()).Pixels.ToArray(), Is.EqualTo(picture.Pixels.ToArray()));
        Assert.That(
            Picture.FromRgba(width, height, picture.ToRgba()).Pixels.ToArray(), Is.EqualTo(picture.WithChannels(3).Pixels.ToArray()));
    }

    // Where EXIF 2.3 says that row 0 and column 0 of what is stored are seen (tag 0x0112), for the stored rows "a b" and "c d".
    [TestCase(1, "abcd"), TestCase(2, "badc"), TestCase(3, "dcba"), TestCase(4, "cdab")]
    [TestCase(5, "acbd"), TestCase(6, "cadb"), TestCase(7, "dbca"), TestCase(8, "bdac")]
    public void FromRgba_WithAnOrientation_TurnsThePicture(int orientation, string seen)
    {
        byte[] stored = [.. "abcd".SelectMany(letter => new[] { (byte)letter, (byte)0, (byte)0, (byte)255 })];
        var picture = Picture.FromRgba(2, 2, stored, orientation);
        Assert.That(string.Concat(picture.Pixels.ToArray()[..4].Select(red => (char)red)), Is.EqualTo(seen));
    }

    [Test]
    public void FromRgba_OfAWidePictureTurned_SwapsTheEdges() =>
        Assert.That(Picture.FromRgba(3, 1, new byte[12], orientation: 6).Shape, Is.EqualTo(new ImageShape(3, 3, 1)));

    [Test]
    public void FromRgba_WithTransparency_LaysItOnWhite()
    {
        // 100 · 128/255 + 255 · 127/255 = 177.2
        var picture = Picture.FromRgba(2, 1, [100, 0, 0, 128, 9, 9, 9, 0]);
        Assert.That(picture.ToInterleaved(), Is.EqualTo(new byte[] { 177, 127, 127, 255, 255, 255 }));
    }

    [Test]
    public void Layouts_OfAWrongLength_NameIt()
    {
        Assert.That(() => Picture.FromInterleaved(new(3, 2, 2), new byte[11]), Throws.ArgumentException.With.Message.Contains("11"));
        Assert.That(() => Picture.FromInterleaved(new(4, 2, 2), new byte[16]), Throws.ArgumentException.With.Message.Contains("1 or 3"));
        Assert.That(() => Picture.FromRgba(2, 2, new byte[12]), Throws.ArgumentException.With.Message.Contains("16 bytes"));
        Assert.That(() => Picture.FromRgba(20_000, 20_000, []), Throws.ArgumentException.With.Message.Contains("100000000"));
        foreach (var orientation in new[] { 0, 9 })
            Assert.That(() => Picture.FromRgba(1, 1, new byte[4], orientation), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Read_OfAStream_BeginsWhereItStandsAndLeavesItOpen()
    {
        var picture = PictureTests.Pattern(new(3, 4, 5));
        using var stream = new MemoryStream();
        stream.Write([1, 2, 3]);
        picture.WritePng(stream);
        Assert.That(stream.ToArray()[3..], Is.EqualTo(picture.EncodePng()));
        stream.Position = 3;
        Assert.That(Picture.Read(stream).Pixels.ToArray(), Is.EqualTo(picture.Pixels.ToArray()));
        Assert.That(stream.CanRead);
        Assert.That(Picture.Decode(picture.EncodePng()).Pixels.ToArray(), Is.EqualTo(picture.Pixels.ToArray()));
        // Memory that lies in no array of its own.
        Assert.That(Picture.Decode(stream.ToArray().AsMemory(3)).Pixels.ToArray(), Is.EqualTo(picture.Pixels.ToArray()));
    }

    [Test]
    public void Read_OfNoImage_SaysWhatWasRead()
    {
        using var folder = new TemporaryFolder();
        using var file = File.OpenRead(folder.File("a.png", [1, 2, 3]));
        Assert.That(() => Picture.Read(file), Throws.TypeOf<DataFormatException>().With.Message.Contains("a.png"));
        using var stream = new MemoryStream([1, 2, 3]);
        Assert.That(() => Picture.Read(stream), Throws.TypeOf<DataFormatException>().With.Message.StartsWith("the stream: it must be a PNG"));
        Assert.That(() => Picture.Decode(ReadOnlyMemory<byte>.Empty),
            Throws.TypeOf<DataFormatException>().With.Message.StartsWith("the bytes: it must be a PNG"));
    }
}
