using System.IO.Compression;
using Ddpm.Tests.Data.Numpy;

namespace Ddpm.Tests.Data.Zips;

public class ImageZipReaderTests
{
    private static readonly ImageShape Gray = new(1, 2, 2), Colour = new(3, 8, 8);
    private TemporaryFolder folder = null!;

    [SetUp] public void SetUp() => folder = new TemporaryFolder();

    [TearDown] public void TearDown() => folder.Dispose();

    [TestCase("zip/whole.zip", "cases/folders/empty-class/train", 0)]
    [TestCase("zip/python.zip", "cases/folders/appledouble-file", 1)]
    public void Read_OfAFolderThatAProgramPacked_IsWhatTheFolderIs(string zip, string packed, int hidden)
    {
        var reader = new ImageZipReader(Datasets.At(zip), Colour);
        var (images, expected) = (reader.Read(), new ImageFolderReader(Recordings.Own(packed), Colour).Read());
        Assert.That((reader.PassedOver, reader.OtherFormats), Is.EqualTo((hidden, 0)));
        Assert.That(images.ClassNames, Is.EqualTo(expected.ClassNames));
        Assert.That(images.Labels, Is.EqualTo(expected.Labels));
        for (var i = 0; i < expected.Count; i++)
            Assert.That(Picture.Of(images, i).Pixels.ToArray(), Is.EqualTo(Picture.Of(expected, i).Pixels.ToArray()), $"image {i}");
    }

    [Test]
    public void Read_OfEveryFormat_DecodesAsTheFolderDoes([Values] CompressionLevel level)
    {
        foreach (var path in Directory.GetFiles(Recordings.Own("cases/pictures")))
            File.Copy(path, folder.File(Path.GetFileName(path)));
        using var outside = new TemporaryFolder();
        ZipFile.CreateFromDirectory(folder.Path, outside.File("a.zip"), level, includeBaseDirectory: false);
        var images = new ImageZipReader(outside.File("a.zip"), Colour, ImageFit.Squash).Read();
        var expected = new ImageFolderReader(folder.Path, Colour, new() { Fit = ImageFit.Squash }).Read();
        Assert.That((images.Count, images.Labels), Is.EqualTo((expected.Count, expected.Labels)));
        for (var i = 0; i < expected.Count; i++)
            Assert.That(Picture.Of(images, i).Pixels.ToArray(), Is.EqualTo(Picture.Of(expected, i).Pixels.ToArray()), $"image {i}");
    }

    [Test]
    public void Read_OfFolders_MakesThemClassesAndPassesOverWhatSystemsLeave()
    {
        var reader = Zip(
            ("pets/dog/1.png", 30), ("pets/cat/2.png", 21), ("pets/cat/1.PNG", 20), ("pets/Ant/", -1), ("pets/readme.txt", -1),
            ("__MACOSX/pets/._1.png", -1),
            ("pets/.DS_Store", -1), ("pets/cat/.thumbnails/1.png", -1), ("pets/dog/Thumbs.db", -1), ("pets/dog/notes.txt", -1));
        var images = reader.Read();
        Assert.That(images.ClassNames, Is.EqualTo(new[] { "Ant", "cat", "dog" }));
        Assert.That(images.Labels, Is.EqualTo(new[] { 1, 1, 2 }));
        Assert.That(Values(images), Is.EqualTo(new byte[] { 20, 21, 30 }));
        Assert.That((reader.PassedOver, reader.OtherFormats), Is.EqualTo((4, 2)));
    }

    [Test]
    public void Read_WithoutFolders_HasNoClasses()
    {
        var images = Zip(("b.png", 3), ("a10.png", 1), ("a2.png", 2), ("é.png", 4)).Read();
        Assert.That(Values(images), Is.EqualTo(new byte[] { 1, 2, 3, 4 }));
        Assert.That((images.Labels, images.ClassNames), Is.EqualTo(((IReadOnlyList<int>?)null, (IReadOnlyList<string>?)null)));
    }

    [TestCase("a/b/1.png", "c/1.png", "folder of its class")]
    [TestCase("1.png", "c/1.png", "folder of its class")]
    [TestCase("a/b/1.png", "c/d/1.png", "folder of its class")]
    [TestCase("a.txt", "b.txt", "there are none")]
    public void Read_OfImagesElsewhere_IsRefused(string one, string other, string message) => Assert.That(
        () => Zip((one, 1), (other, 2)).Read(), Throws.TypeOf<DataFormatException>().With.Message.Contains(message));

    [Test]
    public void Read_OfSeveralBadImages_NamesThemAll()
    {
        var png = Png(7);
        var path = Write(new ZipBytes("good.png", png), new("cut.png", png[..40]), new("empty.png", []), new("sum.png", png) { Crc = 1 });
        var refusal = Assert.Throws<DataFormatException>(() => new ImageZipReader(path, Gray).Read())!;
        Assert.That(refusal.File, Is.EqualTo(path));
        Assert.That(
            refusal.Rule,
            Does.StartWith("3 of 4 files").And.Contains("/cut.png: ").And.Contains("/empty.png: it must be an image")
                .And.Contains("checksum 00000001"));
    }

    private static IEnumerable<TestCaseData> Broken()
    {
        var png = Png(7);
        yield return ZipBytes.Case("name that leads out", "may not be the name", new ZipBytes("../1.png", png));
        yield return ZipBytes.Case("name from the root", "may not be the name", new ZipBytes("/1.png", png));
        yield return ZipBytes.Case("name of a drive", "may not be the name", new ZipBytes("C:1.png", png));
        yield return ZipBytes.Case("back slash", "may not be the name", new ZipBytes("a\\1.png", png));
        yield return ZipBytes.Case("encrypted", "encrypted", new ZipBytes("1.png", png) { Flags = 1 });
        yield return ZipBytes.Case("method 14", "method 14", new ZipBytes("1.png", png) { Method = 14 });
        yield return ZipBytes.Case("two directories disagree", "own header", new ZipBytes("1.png", png) { LocalName = "2.png" });
        yield return ZipBytes.Case("more than deflate can hold", "cannot hold", NpyBytes.Deflated("1.png", png, size: 1 << 30));
        yield return ZipBytes.Case("image longer than declared", "exactly", NpyBytes.Deflated("1.png", png, NpyBytes.Deflate([.. png, 0])));
        yield return ZipBytes.Case("image shorter than declared", "holds", NpyBytes.Deflated("1.png", png, NpyBytes.Deflate(png[..^1])));
    }

    [TestCaseSource(nameof(Broken))]
    public void Read_OfABrokenFile_IsRefused(byte[] bytes, string message) => Assert.That(
        () => new ImageZipReader(folder.File("a.zip", bytes), Gray).Read(), Throws.TypeOf<DataFormatException>().With.Message.Contains(message));

    [Test]
    public void Read_OfABomb_IsRefusedBeforeItGrows()
    {
        var bomb = NpyBytes.Deflated("1.png", [.. Png(1), .. new byte[100_000_000]]);
        var before = GC.GetTotalAllocatedBytes();
        Assert.That(
            () => new ImageZipReader(Write(bomb), Gray).Read(), Throws.TypeOf<DataFormatException>().With.Message.Contains("at most"));
        Assert.That(GC.GetTotalAllocatedBytes() - before, Is.LessThan(64 << 20));
    }

    [Test]
    public void Read_TellsItsProgress() => Datasets.ExpectProgress(progress => new ImageZipReader(Datasets.At("zip/whole.zip"), Gray).Read(progress));

    [Test]
    public void Read_Cancelled_Throws() => Assert.That(
        () => new ImageZipReader(Datasets.At("zip/whole.zip"), Gray).Read(cancellationToken: new CancellationToken(canceled: true)),
        Throws.InstanceOf<OperationCanceledException>());

    [Test]
    public void Constructor_WithWrongArguments_Throws()
    {
        Assert.That(() => new ImageZipReader("", Gray), Throws.ArgumentException);
        Assert.That(() => new ImageZipReader("a.zip", new(2, 8, 8)), Throws.ArgumentException);
        Assert.That(() => new ImageZipReader("a.zip", Gray, (ImageFit)7), Throws.InstanceOf<ArgumentException>());
    }

    private ImageZipReader Zip(params (string Name, int Value)[] files)
    {
        using (var zip = ZipFile.Open(folder.File("a.zip"), ZipArchiveMode.Create))
            foreach (var (name, value) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(value >= 0 ? Png(value) : name.EndsWith('/') ? [] : [1]);
            }
        return new(folder.File("a.zip"), Gray);
    }

    private string Write(params ZipBytes[] records) => folder.File("a.zip", ZipBytes.File(records));

    private static byte[] Png(int value)
    {
        using var outside = new TemporaryFolder();
        new Picture(Gray, [.. Enumerable.Repeat((byte)value, 4)]).SavePng(outside.File("a.png"));
        return File.ReadAllBytes(outside.File("a.png"));
    }

    private static byte[] Values(IImageDataset images) => [.. Enumerable.Range(0, images.Count).Select(i => Picture.Of(images, i).Pixels.Span[0])];
}
