using Ddpm.Tests.Core.Imaging;

namespace Ddpm.Tests.Data.Folders;

public class LazyImagesTests
{
    private static readonly ImageShape Shape = new(3, 6, 8);
    private static readonly ImageFolderOptions Lazy = new() { IsLazy = true };
    private TemporaryFolder folder = null!;

    [SetUp] public void SetUp() => folder = new TemporaryFolder();

    [TearDown] public void TearDown() => folder.Dispose();

    [TestCase(1, false), TestCase(1, true), TestCase(2, true), TestCase(7, true)]
    public void CopyTo_OnAnyNumberOfThreads_GivesWhatIsReadAtOnce(int threads, bool isExpected)
    {
        for (var i = 0; i < 60; i++)
            Imaging.PictureTests.Pattern(new(i % 2 == 0 ? 3 : 1, 5 + i, 40)).SavePng(folder.File($"{i:D2}.png"));
        var atOnce = new ImageFolderReader(folder.Path, Shape).Read();
        var lazy = new ImageFolderReader(folder.Path, Shape, Lazy with { Threads = threads }).Read();
        Assert.That((lazy.Count, lazy.Shape), Is.EqualTo((60, Shape)));
        for (var epoch = 0; epoch < 3; epoch++)
        {
            int[] order = [.. Enumerable.Range(0, 60)];
            new Random(epoch).Shuffle(order);
            for (var i = 0; i < order.Length; i++)
            {
                if (isExpected && i % 8 == 0)
                    lazy.Expect(order.AsSpan(i, Math.Min(24, order.Length - i)));
                Assert.That(Picture.Of(lazy, order[i]).Pixels.ToArray(), Is.EqualTo(Picture.Of(atOnce, order[i]).Pixels.ToArray()));
            }
        }
    }

    [Test]
    public void Read_OfSubfolders_KnowsTheClasses()
    {
        Save("cat/1.png", 1);
        Save("dog/1.png", 2);
        var images = new ImageFolderReader(folder.Path, Shape, Lazy).Read();
        Assert.That((images.Labels, images.ClassNames), Is.EqualTo((new[] { 0, 1 }, new[] { "cat", "dog" })));
        Assert.That(CountedImages.Values(images), Is.EqualTo(new[] { 1, 2 }));
        Assert.That(() => images.CopyTo(2, new byte[Shape.Values]), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => images.Expect([0, 2]), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Read_LooksAtTheStartOfEveryFile()
    {
        Save("1.png", 1);
        folder.File("2.png", "not an image"u8);
        folder.File("3.png", []);
        Save("4.png", 4);
        Assert.That(() => new ImageFolderReader(folder.Path, Shape, Lazy).Read(),
            Throws.TypeOf<DataFormatException>().With.Message.Contains("2.png").And.Message.Contains("3.png").And.Message.Contains("2 of 4"));
        var images = new ImageFolderReader(folder.Path, Shape, Lazy with { BadFiles = BadFilePolicy.Skip }).Read();
        Assert.That(CountedImages.Values(images), Is.EqualTo(new[] { 1, 4 }));
    }

    // A longer start than is looked at first.
    [Test]
    public void Read_OfALargeFile_FindsItGood()
    {
        var noise = new byte[3 * 300 * 300];
        new Random(0).NextBytes(noise);
        new Picture(new(3, 300, 300), noise).SavePng(folder.File("1.png"));
        Assert.That(new FileInfo(folder.File("1.png")).Length, Is.GreaterThan(1 << 17));
        var images = new ImageFolderReader(folder.Path, Shape, Lazy).Read();
        var atOnce = new ImageFolderReader(folder.Path, Shape).Read();
        Assert.That(Picture.Of(images, 0).Pixels.ToArray(), Is.EqualTo(Picture.Of(atOnce, 0).Pixels.ToArray()));
    }

    [Test]
    public void CopyTo_OfAFileThatBecameBad_NamesIt()
    {
        var images = Five(Lazy);
        Damage("2.png");
        File.Delete(folder.File("3.png"));
        images.Expect([1, 2, 3, 4]);
        var pixels = new byte[Shape.Values];
        Assert.That(() => images.CopyTo(1, pixels), Throws.Nothing);
        Assert.That(() => images.CopyTo(2, pixels), Throws.TypeOf<DataFormatException>().With.Message.Contains("2.png"));
        Assert.That(() => images.CopyTo(3, pixels), Throws.TypeOf<DataFormatException>().With.Message.Contains("3.png"));
        Assert.That(() => images.CopyTo(4, pixels), Throws.Nothing);
    }

    [TestCase(1), TestCase(4)]
    public void CopyTo_OfSkippedFiles_GivesTheNextOfTheirClass_AndTellsOnce(int threads)
    {
        foreach (var (name, value) in new[] { ("a/1", 1), ("a/2", 2), ("a/3", 3), ("b/1", 11), ("b/2", 12), ("b/3", 13) })
            Save(name + ".png", value);
        var told = new List<string>();
        var images = new ImageFolderReader(folder.Path, Shape, Lazy with
        {
            BadFiles = BadFilePolicy.Skip,
            Threads = threads,
            Warnings = new Direct<string>(sentence =>
            {
                lock (told)
                    told.Add(sentence);
            }),
        }).Read();
        foreach (var name in new[] { "a/2", "a/3", "b/1" })
            Damage(name + ".png");
        for (var epoch = 0; epoch < 3; epoch++)
        {
            images.Expect([.. Enumerable.Range(0, 6)]);
            Assert.That(CountedImages.Values(images), Is.EqualTo(new[] { 1, 1, 1, 12, 12, 13 }));
        }
        Assert.That(told, Has.Count.EqualTo(3).And.Unique.And.All.Contains("Another image"));
        Damage("a/1.png");
        Assert.That(() => images.CopyTo(1, new byte[Shape.Values]), Throws.TypeOf<DataFormatException>().With.Message.Contains("2.png"));
    }

    [Test]
    public void Read_Cancelled_Throws()
    {
        Save("1.png", 1);
        Assert.That(() => new ImageFolderReader(folder.Path, Shape, Lazy).Read(cancellationToken: new(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>());
    }

    private IImageDataset Five(ImageFolderOptions options)
    {
        for (var i = 0; i < 5; i++)
            Save($"{i}.png", i);
        return new ImageFolderReader(folder.Path, Shape, options).Read();
    }

    // Its start stays.
    private void Damage(string name) => File.WriteAllBytes(folder.File(name), File.ReadAllBytes(folder.File(name))[..50]);

    private void Save(string name, int value) =>
        new Picture(new(3, 20, 20), [.. Enumerable.Repeat((byte)value, 1200)]).SavePng(folder.File(name));
}
