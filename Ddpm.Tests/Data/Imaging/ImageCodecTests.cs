namespace Ddpm.Tests.Data.Imaging;

/// <summary>The seam for codecs: limits hold whatever the codec does, and every reader asks the one that it was given.</summary>
public class ImageCodecTests
{
    private TemporaryFolder folder = null!;

    [SetUp] public void SetUp() => folder = new TemporaryFolder();

    [TearDown] public void TearDown() => folder.Dispose();

    [TestCase(20_000, 20_000), TestCase(0, 5), TestCase(5, -1), TestCase(int.MaxValue, int.MaxValue)]
    public void Load_OfASizeOutOfRange_IsRefusedBeforeTheCodecDecodes(int width, int height)
    {
        var codec = new MadeCodec(new(width, height));
        Assert.That(() => Picture.Load(folder.File("a.x", [1]), codec),
            Throws.TypeOf<DataFormatException>().With.Message.Contains($"{width} x {height}").And.Message.Contains("a.x"));
        Assert.That(codec.Decoded, Is.Zero);
    }

    [Test]
    public void Load_OfWhatTheCodecRefuses_NamesTheFileAndTheRule() =>
        Assert.That(() => Picture.Load(folder.File("a.x", []), new MadeCodec(new(1, 1))),
            Throws.TypeOf<DataFormatException>().With.Message.EqualTo($"{folder.File("a.x")}: it must have a byte."));

    [Test]
    public void Load_WithACodecThatBreaksItsPromise_BlamesTheCodec()
    {
        var path = folder.File("a.x", [1]);
        Assert.That(() => Picture.Load(path, new MadeCodec(new(2, 2)) { Given = 15 }),
            Throws.InvalidOperationException.With.Message.Contains("MadeCodec must decode 16 bytes"));
        Assert.That(() => Picture.Load(path, new MadeCodec(new(1, 1, Orientation: 0))),
            Throws.InvalidOperationException.With.Message.Contains("orientation"));
    }

    [Test]
    public void Load_WithACodec_TurnsItsPixelsAndGivesTheirMemoryBack()
    {
        var codec = new MadeCodec(new(3, 2, IsGray: true, Orientation: 8));
        var picture = Picture.Load(folder.File("a.x", [40]), codec);
        Assert.That(picture.Shape, Is.EqualTo(new ImageShape(1, 3, 2)));
        Assert.That(picture.Pixels.ToArray(), Is.All.EqualTo(40));
        Assert.That((codec.Decoded, codec.Disposed), Is.EqualTo((1, 1)));
    }

    [Test]
    public void Readers_WithACodec_AskItAndSayItInTheirFingerprint([Values] bool isLazy)
    {
        var codec = new MadeCodec(new(2, 2));
        folder.File("a.png", [50]);
        folder.File("b.png", [60]);
        var shape = new ImageShape(3, 2, 2);
        var reader = new ImageFolderReader(folder.Path, shape, new() { Codec = codec, IsLazy = isLazy });
        var images = reader.Read();
        Assert.That(Picture.Of(images, 1).Pixels.ToArray(), Is.All.EqualTo(60));
        Assert.That(codec.Disposed, Is.EqualTo(codec.Decoded).And.GreaterThanOrEqualTo(1));
        Assert.That(reader.Fingerprint(), Is.Not.EqualTo(new ImageFolderReader(folder.Path, shape, new() { IsLazy = isLazy }).Fingerprint()));
    }

    [Test]
    public void ZipReader_WithACodec_AsksIt()
    {
        var path = folder.File("a.zip", ZipBytes.File([new ZipBytes("a.png", [70])]));
        var reader = new ImageZipReader(path, new(1, 2, 2), codec: new MadeCodec(new(2, 2)));
        Assert.That(Picture.Of(reader.Read(), 0).Pixels.ToArray(), Is.All.EqualTo(70));
        Assert.That(reader.Fingerprint(), Is.Not.EqualTo(new ImageZipReader(path, new(1, 2, 2)).Fingerprint()));
    }

    [Test]
    public void SavePng_WithACodec_WritesItsBytes()
    {
        PictureTests.Pattern(new(1, 2, 3)).SavePng(folder.File("a.png"), new MadeCodec(new(1, 1)));
        Assert.That(File.ReadAllBytes(folder.File("a.png")), Is.EqualTo(new byte[] { 2, 3 }));
    }
}
