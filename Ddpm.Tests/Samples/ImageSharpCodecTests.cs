using System.IO.Compression;
using Ddpm.Samples;
using Ddpm.Tests.Data.Imaging;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;
using SkiaSharp;

namespace Ddpm.Tests.Samples;

/// <summary>The adapter of samples/ImageSharp, against SkiaSharp, Pillow and files that are no images.</summary>
public class ImageSharpCodecTests
{
    private const string Pictures = "cases/pictures/";
    private static readonly ImageSharpCodec Codec = new();
    private TemporaryFolder folder = null!;

    [SetUp] public void SetUp() => folder = new TemporaryFolder();

    [TearDown] public void TearDown() => folder.Dispose();

    private static IEnumerable<string> Names() => Directory.GetFiles(Recordings.Own(Pictures + "expected"))
        .Select(path => Path.GetFileNameWithoutExtension(path)!).Where(name => !name.Contains(".fit-", StringComparison.Ordinal));

    // Turned as EXIF says, on white; a JPEG decoder of its own rounds otherwise, and so does 16 bits to 8.
    [TestCaseSource(nameof(Names))]
    public void Load_OfAnOddPicture_IsPillowsResult(string name)
    {
        var actual = Picture.Load(Recordings.Own(Pictures + name), Codec);
        var expected = Picture.Load(Recordings.At($"{Pictures}expected/{name}.png"));
        Assert.That(actual.WithChannels(3).Shape, Is.EqualTo(expected.WithChannels(3).Shape));
        Assert.That(actual.Channels, Is.EqualTo(Picture.Load(Recordings.Own(Pictures + name)).Channels), "as with SkiaSharp");
        var differences = actual.WithChannels(3).Pixels.ToArray().Zip(expected.WithChannels(3).Pixels.ToArray(), (a, b) => Math.Abs(a - b)).ToArray();
        Assert.That(differences.Max(), Is.LessThanOrEqualTo(name.EndsWith(".jpg", StringComparison.Ordinal) ? 2 : name == "gray16.png" ? 1 : 0));
    }

    [Test]
    public void EncodePng_IsReadByBothCodecs([Values(1, 3)] int channels)
    {
        var picture = PictureTests.Pattern(new(channels, 7, 5));
        foreach (var read in new[] { Picture.Decode(picture.EncodePng(Codec)), Picture.Decode(picture.EncodePng(), Codec) })
        {
            Assert.That(read.Shape, Is.EqualTo(picture.Shape));
            Assert.That(read.Pixels.ToArray(), Is.EqualTo(picture.Pixels.ToArray()));
        }
    }

    [Test]
    public void Images_ToPicturesAndTensorsAndBack_AreTheSame() => Expect.NoLeak(() =>
    {
        var picture = PictureTests.Pattern(new(3, 6, 4));
        using var image = ImageSharpCodec.ToImage(picture);
        Assert.That(image[1, 2], Is.EqualTo(new Rgb24(picture.Pixels.Span[2 * 4 + 1], picture.Pixels.Span[24 + 9], picture.Pixels.Span[48 + 9])));
        using var tensor = ImageSharpCodec.ToTensor(image);
        Assert.That(tensor.shape, Is.EqualTo(new long[] { 1, 3, 6, 4 }));
        using var again = ImageSharpCodec.ToImage(tensor);
        Assert.That(ImageSharpCodec.ToPicture(again).Pixels.ToArray(), Is.EqualTo(picture.Pixels.ToArray()));
    });

    // The advisories that need TIFF, and other formats that nobody asked for.
    [Test]
    public void Formats_AreFive_AndATiffFileIsRefused()
    {
        var names = ImageSharpCodec.Formats.ImageFormats.Select(format => format.Name);
        Assert.That(names, Is.EquivalentTo(new[] { "PNG", "JPEG", "BMP", "GIF", "Webp" }));
        using var image = new Image<Rgb24>(2, 2);
        using var file = new MemoryStream();
        image.SaveAsTiff(file);
        Assert.That(Image.Identify(file.ToArray()), Is.Not.Null, "ImageSharp's own configuration reads it");
        Assert.That(() => Picture.Decode(file.ToArray(), Codec), Throws.TypeOf<DataFormatException>());
    }

    [Test]
    public void Decode_OfAFileCutOrChangedAnywhere_IsRefusedOrAPicture()
    {
        foreach (var format in new[] { SKEncodedImageFormat.Png, SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Webp })
        {
            var whole = Encoded(format);
            for (var at = 0; at < whole.Length; at++)
            {
                Try(whole[..at]);
                var changed = whole.ToArray();
                changed[at] ^= 0x41;
                Try(changed);
            }
        }

        static void Try(byte[] file)
        {
            try
            {
                Picture.Decode(file, Codec);
            }
            catch (Exception fault)
            {
                Assert.That(fault, Is.TypeOf<DataFormatException>());
            }
        }
    }

    [Test]
    public void Decode_OfAHugeDeclaredSize_IsRefusedBeforeMemoryIsTaken()
    {
        byte[] bmp = [.. "BM"u8, 62, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 0x20, 0x4E, 0, 0, 0x20, 0x4E, 0, 0, 1, 0, 24, 0, .. new byte[32]];
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(() => Picture.Decode(bmp, Codec), Throws.TypeOf<DataFormatException>().With.Message.Contains("20000 x 20000"));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1_000_000));
    }

    // 200 kB that inflate to 200 MB; ImageSharp by itself inflates them, several times over.
    [TestCase("zTXt", "Comment\0\0"), TestCase("iTXt", "Comment\0\u0001\0\0\0"), TestCase("iCCP", "name\0\0")]
    public void Decode_OfAPngWithABombBesideItsPixels_TakesNoMemoryForIt(string type, string head)
    {
        using var bomb = new MemoryStream();
        bomb.Write(System.Text.Encoding.Latin1.GetBytes(head));
        using (var deflate = new ZLibStream(bomb, CompressionLevel.Optimal, leaveOpen: true))
            for (var i = 0; i < 200; i++)
                deflate.Write(new byte[1_000_000]);
        var picture = PictureTests.Pattern(new(3, 4, 6));
        var png = picture.EncodePng();
        byte[] file = [.. png[..33], .. PngBytes.Chunk(System.Text.Encoding.ASCII.GetBytes(type), bomb.ToArray()), .. png[33..]];
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(Picture.Decode(file, Codec).Pixels.ToArray(), Is.EqualTo(picture.Pixels.ToArray()));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(10_000_000));
    }

    // The decoder of 2.1 knows no animated WebP: the limit on pixels holds for one picture, and many would go past it.
    [Test]
    public void Decode_OfAnAnimatedWebp_IsRefused()
    {
        var animation = new PictureAnimation(TimeSpan.FromMilliseconds(40));
        animation.Add(PictureTests.Pattern(new(3, 4, 6)));
        animation.Add(new(new(3, 4, 6), new byte[72]));
        Assert.That(() => Picture.Decode(animation.EncodeWebp(), Codec), Throws.TypeOf<DataFormatException>());
    }

    [Test]
    public void AFolder_ReadWithTheCodec_GivesThePicturesOfTheDefault([Values] bool isLazy)
    {
        for (var i = 0; i < 5; i++)
            PictureTests.Pattern(new(3, 8 + i, 9)).SavePng(folder.File($"{i}.png"));
        var shape = new ImageShape(3, 8, 8);
        var (own, usual) = (new ImageFolderReader(folder.Path, shape, new() { IsLazy = isLazy, Codec = Codec }).Read(),
            new ImageFolderReader(folder.Path, shape).Read());
        for (var i = 0; i < 5; i++)
            Assert.That(Picture.Of(own, i).Pixels.ToArray(), Is.EqualTo(Picture.Of(usual, i).Pixels.ToArray()));
    }

    // SkiaSharp reads what ImageSharp wrote; of two colours each, no colour is lost.
    [Test]
    public void Save_OfAnAnimation_IsAGifOfItsPictures()
    {
        var animation = new PictureAnimation(TimeSpan.FromMilliseconds(60));
        byte[] colours = [10, 120, 250];
        foreach (var colour in colours)
            animation.Add(new Picture(new(1, 4, 5), [.. Enumerable.Range(0, 20).Select(i => i < 7 ? colour : (byte)(255 - colour))]),
                colour == 250 ? TimeSpan.FromSeconds(2) : null);
        DenoisingGif.Save(animation, folder.File("a.gif"));
        using var data = SKData.CreateCopy(File.ReadAllBytes(folder.File("a.gif")));
        using var codec = SKCodec.Create(data);
        Assert.That(codec.FrameInfo.Select(frame => frame.Duration), Is.EqualTo(new[] { 60, 60, 2000 }));
        Assert.That(codec.RepetitionCount, Is.EqualTo(-1), "over and over");
        using var bitmap = new SKBitmap(new SKImageInfo(5, 4, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (var i = 0; i < colours.Length; i++)
        {
            Assert.That(codec.GetPixels(bitmap.Info, bitmap.GetPixels(), new SKCodecOptions(i)), Is.EqualTo(SKCodecResult.Success));
            Assert.That(bitmap.GetPixelSpan().ToArray(), Is.EqualTo(animation.Pictures[i].ToRgba()), $"frame {i}");
        }
    }

    // A few seconds: the formula for two shapes, in 100 steps.
    [Test]
    public void Sample_WithoutAModel_DrawsTwoShapesAsAGif()
    {
        var (code, output, error) = SampleProgram.Run("ImageSharp", "--images", "2", "--out", folder.Path);
        Assert.That(code, Is.Zero, output + error);
        Assert.That(Directory.EnumerateFiles(folder.Path).Select(Path.GetFileName), Is.EquivalentTo(new[] { "denoising.gif", "samples.png" }));
        using var data = SKData.CreateCopy(File.ReadAllBytes(folder.File("denoising.gif")));
        using var codec = SKCodec.Create(data);
        Assert.That((codec.FrameCount, codec.Info.Width, codec.Info.Height), Is.EqualTo((50, 2 * 128 + 2, 128)));
        // Two shapes on white: the corners of the finished images.
        var last = Picture.Load(folder.File("samples.png"));
        Assert.That(last.WithChannels(1).Pixels.Span[0], Is.GreaterThan(250));
    }

    private static byte[] Encoded(SKEncodedImageFormat format)
    {
        using var image = SKImage.FromPixelCopy(
            new SKImageInfo(9, 11, SKColorType.Rgba8888, SKAlphaType.Opaque), PictureTests.Pattern(new(3, 11, 9)).ToRgba());
        using var data = image.Encode(format, 90);
        return data.ToArray();
    }
}
