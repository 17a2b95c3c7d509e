using SkiaSharp;
using TorchSharp;

namespace Ddpm.Tests.Data.Imaging;

public class PictureTests
{
    private const int PngStart = 8 + 25;    // the signature and the header's chunk
    private TemporaryFolder folder = null!;

    [SetUp] public void SetUp() => folder = new TemporaryFolder();

    [TearDown] public void TearDown() => folder.Dispose();

    [TestCase(1, 1, 1)]
    [TestCase(1, 5, 7)]
    [TestCase(3, 7, 5)]
    [TestCase(3, 64, 33)]
    public void SavePng_ThenLoad_GivesTheSamePixels(int channels, int height, int width)
    {
        var picture = Pattern(new(channels, height, width));
        picture.SavePng(folder.File("a.png"));
        var loaded = Picture.Load(folder.File("a.png"));
        Assert.That(loaded.Shape, Is.EqualTo(picture.Shape));
        Assert.That(loaded.Pixels.ToArray(), Is.EqualTo(picture.Pixels.ToArray()));
    }

    [Test]
    public void SavePng_OverAFile_ReplacesItAndLeavesNothingElse()
    {
        folder.File("a.png", [1, 2, 3]);
        Pattern(new(3, 2, 2)).SavePng(folder.File("a.png"));
        Assert.That(Picture.Load(folder.File("a.png")).Pixels.ToArray(), Is.EqualTo(Pattern(new(3, 2, 2)).Pixels.ToArray()));
        Assert.That(Directory.GetFiles(folder.Path), Has.Length.EqualTo(1));
    }

    [Test]
    public void SavePng_ThatFailsAtTheEnd_KeepsWhatWasThere()
    {
        // A folder with the file's name lets everything succeed up to the last step, the renaming.
        Directory.CreateDirectory(folder.File("a.png"));
        File.WriteAllText(Path.Combine(folder.File("a.png"), "kept"), "old");
        Assert.That(() => Pattern(new(3, 2, 2)).SavePng(folder.File("a.png")),
            Throws.InstanceOf<IOException>().Or.InstanceOf<UnauthorizedAccessException>());
        Assert.That(File.ReadAllText(Path.Combine(folder.File("a.png"), "kept")), Is.EqualTo("old"));
        Assert.That(Directory.GetFileSystemEntries(folder.Path), Has.Length.EqualTo(1));
    }

    [Test]
    public void Load_OfAHandMadeBmp_GivesItsPixels()
    {
        // 2 x 1: red, then blue; BMP stores blue, green, red and fills rows to 4 bytes.
        byte[] bmp =
        [
            .. "BM"u8, 62, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0,
            40, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 24, 0, .. new byte[24],
            0, 0, 255, 255, 0, 0, 0, 0,
        ];
        var picture = Picture.Load(folder.File("a.bmp", bmp));
        Assert.That(picture.Shape, Is.EqualTo(new ImageShape(3, 1, 2)));
        Assert.That(picture.Pixels.ToArray(), Is.EqualTo(new byte[] { 255, 0, 0, 0, 0, 255 }));
    }

    [Test]
    public void Load_OfAHandMadeGif_GivesItsPixels()
    {
        // 1 x 1 with the palette (9, 8, 7), (0, 0, 0): codes of three bits clear 4, index 0, end 5, the lowest bits first.
        byte[] gif = [.. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 9, 8, 7, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0b01_000_100, 1, 0, 0x3B];
        Assert.That(Picture.Load(folder.File("a.gif", gif)).Pixels.ToArray(), Is.EqualTo(new byte[] { 9, 8, 7 }));
    }

    [Test]
    public void Load_OfATransparentPng_LaysItOnWhite()
    {
        // Not visible, half visible (128 of 255), visible: red 255, 100 and 40.
        var path = folder.File("a.png", Encoded([255, 0, 0, 0, 100, 0, 0, 128, 40, 0, 0, 255], 3, 1, SKEncodedImageFormat.Png));
        // 100 · 128/255 + 255 · 127/255 = 177.2; 0 · 128/255 + 127 = 127.
        Assert.That(Picture.Load(path).Pixels.ToArray(), Is.EqualTo(new byte[] { 255, 177, 40, 255, 127, 0, 255, 127, 0 }));
    }

    // Where the stored top left corner of a wide image is seen (EXIF 2.3, tag 0x0112).
    [TestCase(1, 24, 16, false, false)]
    [TestCase(2, 24, 16, true, false)]
    [TestCase(3, 24, 16, true, true)]
    [TestCase(4, 24, 16, false, true)]
    [TestCase(5, 16, 24, false, false)]
    [TestCase(6, 16, 24, true, false)]
    [TestCase(7, 16, 24, true, true)]
    [TestCase(8, 16, 24, false, true)]
    public void Load_OfAJpegOrPng_FollowsItsOrientation(int orientation, int width, int height, bool right, bool bottom)
    {
        // White, with the top left block of 8 x 8 black; blocks of JPEG keep flat colours.
        var pixels = new byte[24 * 16 * 4];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(i % 4 < 3 && i / 4 % 24 < 8 && i / 4 / 24 < 8 ? 0 : 255);
        byte[] exif = [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];
        var (jpeg, png) = (Encoded(pixels, 24, 16, SKEncodedImageFormat.Jpeg), Encoded(pixels, 24, 16, SKEncodedImageFormat.Png));
        var (chunk, end) = (PngBytes.Chunk("eXIf"u8, exif), PngBytes.Chunk("IEND"u8, []));
        foreach (var path in new[]
        {
            folder.File("a.jpg", [.. jpeg[..2], 0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. exif, .. jpeg[2..]]),
            folder.File("before.png", [.. png[..PngStart], .. chunk, .. png[PngStart..]]),
            folder.File("after.png", [.. png[..^end.Length], .. chunk, .. end]),
        })
        {
            var picture = Picture.Load(path);
            Assert.That((picture.Width, picture.Height), Is.EqualTo((width, height)), path);
            int At(int x, int y) => picture.Pixels.Span[y * width + x];
            foreach (var (x, y) in new[] { (false, false), (false, true), (true, false), (true, true) })
                Assert.That(At(x ? width - 4 : 3, y ? height - 4 : 3),
                    Is.EqualTo((x, y) == (right, bottom) ? 0 : 255).Within(4), $"{path} {(x ? "right" : "left")} {(y ? "bottom" : "top")}");
        }
    }

    // What is no orientation is none: the picture is read as it is stored.
    [TestCase("")]
    [TestCase("MM")]
    [TestCase("XX\0*\0\0\0\b")]
    [TestCase("MM\0*\u00FF\u00FF\u00FF\u00FF")]
    [TestCase("MM\0*\0\0\0\b\u00FF\u00FF\u0001\u0012")]
    [TestCase("MM\0*\0\0\0\b\0\u0001\u0001\u0012\0\u0003\0\0\0\u0001\0\u0009\0\0")]
    [TestCase("II*\0\b\0\0\0\u0001\0\u0012\u0001\u0003\0\u0001\0\0\0\0\0\0\0")]
    public void Load_OfAPngWithDamagedExif_GivesItsPixels(string exif)
    {
        Pattern(new(3, 4, 6)).SavePng(folder.File("a.png"));
        var png = File.ReadAllBytes(folder.File("a.png"));
        var chunk = PngBytes.Chunk("eXIf"u8, System.Text.Encoding.Latin1.GetBytes(exif));
        folder.File("a.png", [.. png[..PngStart], .. chunk, .. png[PngStart..]]);
        Assert.That(Picture.Load(folder.File("a.png")).Pixels.ToArray(), Is.EqualTo(Pattern(new(3, 4, 6)).Pixels.ToArray()));
    }

    [Test]
    public void WithChannels_OfThePrimaries_IsTheirLuma()
    {
        var primaries = new Picture(new(3, 1, 4), [255, 0, 0, 200, 0, 255, 0, 200, 0, 0, 255, 200]);
        // BT.601: 0.299 · 255 = 76.2, 0.587 · 255 = 149.7, 0.114 · 255 = 29.1.
        var gray = primaries.WithChannels(1);
        Assert.That(gray.Pixels.ToArray(), Is.EqualTo(new byte[] { 76, 150, 29, 200 }));
        Assert.That(gray.WithChannels(3).Pixels.ToArray(), Is.EqualTo(new byte[] { 76, 150, 29, 200, 76, 150, 29, 200, 76, 150, 29, 200 }));
        Assert.That(() => gray.WithChannels(2), Throws.ArgumentException);
    }

    [Test]
    public void ToTensor_ThenFromTensor_GivesTheSamePixels() => Expect.NoLeak(() =>
    {
        var picture = new Picture(new(1, 16, 16), [.. Enumerable.Range(0, 256).Select(value => (byte)value)]);
        using var tensor = picture.ToTensor();
        Assert.That(tensor.shape, Is.EqualTo(new long[] { 1, 1, 16, 16 }));
        Assert.That((tensor.min().item<float>(), tensor.max().item<float>()), Is.EqualTo((-1f, 1f)));
        Assert.That(Picture.FromTensor(tensor).Pixels.ToArray(), Is.EqualTo(picture.Pixels.ToArray()));
        using var single = tensor.squeeze(0);
        Assert.That(Picture.FromTensor(single).Pixels.ToArray(), Is.EqualTo(picture.Pixels.ToArray()));
    });

    [TestCase(2, 1, 4, 4)]
    [TestCase(1, 2, 4, 4)]
    [TestCase(4, 4)]
    [TestCase(4, 4, 4)]
    [TestCase(3, 0, 4)]
    public void FromTensor_OfAnotherShape_NamesIt(params long[] shape)
    {
        using var tensor = torch.zeros(shape);
        Assert.That(() => Picture.FromTensor(tensor), Throws.ArgumentException.With.Message.Contains($"[{string.Join(", ", shape)}]"));
    }

    [Test]
    public void Of_CopiesOneImageOfADataset()
    {
        var dataset = new ImageDataset(new(1, 1, 2), [1, 2, 3, 4]);
        Assert.That(Picture.Of(dataset, 1).Pixels.ToArray(), Is.EqualTo(new byte[] { 3, 4 }));
        Assert.That(() => Picture.Of(dataset, 2), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Constructor_WithWrongArguments_NamesTheRule()
    {
        Assert.That(() => new Picture(new(3, 2, 2), new byte[11]), Throws.ArgumentException.With.Message.Contains("12").And.Message.Contains("11"));
        Assert.That(() => new Picture(new(2, 2, 2), new byte[8]), Throws.ArgumentException.With.Message.Contains("1 or 3"));
        Assert.That(() => Pattern(new(1, 2, 2)).Resize(20_000, 20_000), Throws.ArgumentException.With.Message.Contains("100000000"));
    }

    internal static Picture Pattern(ImageShape shape) => new(shape, [.. Enumerable.Range(0, (int)shape.Values).Select(i => (byte)(i * 37 + i / 5))]);

    private static byte[] Encoded(byte[] rgba, int width, int height, SKEncodedImageFormat format)
    {
        using var image = SKImage.FromPixelCopy(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul), rgba);
        using var data = image.Encode(format, 100);
        return data.ToArray();
    }
}
