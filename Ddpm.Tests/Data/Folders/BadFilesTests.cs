using Ddpm.Tests.Core.Imaging;

namespace Ddpm.Tests.Data.Folders;

public class BadFilesTests
{
    private static readonly ImageShape Shape = new(1, 2, 2);
    private TemporaryFolder folder = null!;

    [SetUp] public void SetUp() => folder = new TemporaryFolder();

    [TearDown] public void TearDown() => folder.Dispose();

    [TestCase(false), TestCase(true)]
    public void Read_WithBadFiles_NamesThemAllAtOnce(bool isLazy)
    {
        for (var i = 0; i < 30; i++)
            if (i % 2 == 1 && i < 25)
                folder.File($"{i:D2}.png", "not an image"u8);
            else
                Save($"{i:D2}.png", i);
        var thrown = Assert.Throws<DataFormatException>(() => new ImageFolderReader(folder.Path, Shape, new() { IsLazy = isLazy }).Read())!;
        Assert.That(thrown.Message, Does.Contain("12 of 30 files").And.Contain("and 2 more"));
        for (var i = 0; i < 30; i++)
            Assert.That(thrown.Message.Contains($"{i:D2}.png"), Is.EqualTo(i % 2 == 1 && i < 20), $"file {i}");
    }

    [TestCase(false), TestCase(true)]
    public void Read_ThatSkips_LeavesThemOut_AndReportsAll(bool isLazy)
    {
        Save("cat/1.png", 1);
        folder.File("cat/2.png", "not an image"u8);
        Save("dog/1.png", 3);
        folder.File("dog/2.jpg", []);
        Save("dog/3.png", 5);
        foreach (var name in new[] { "cat/a.txt", "cat/b.TXT", "dog/c.tiff", "dog/.hidden", "readme" })
            folder.File(name, [1]);
        var told = new List<string>();
        var reader = new ImageFolderReader(
            folder.Path, Shape, new() { IsLazy = isLazy, BadFiles = BadFilePolicy.Skip, Warnings = new Direct<string>(told.Add) });
        var images = reader.Read();
        Assert.That(CountedImages.Values(images), Is.EqualTo(new[] { 1, 3, 5 }));
        Assert.That((images.Labels, images.ClassNames), Is.EqualTo((new[] { 0, 1, 1 }, new[] { "cat", "dog" })));
        Assert.That(reader.BadFiles.Select(fault => Path.GetFileName(fault.File)), Is.EqualTo(new[] { "2.png", "2.jpg" }));
        Assert.That(reader.OtherFormats, Is.EquivalentTo(new Dictionary<string, int> { [".txt"] = 2, [".tiff"] = 1, [""] = 1 }));
        Assert.That(reader.PassedOver, Is.EqualTo(1));
        Assert.That(told, Has.Count.EqualTo(3));
        Assert.That(told[0], Does.Contain("Hidden").And.EndWith(": 1."));
        Assert.That(told[1], Does.EndWith(": 2 .txt, 1 without extension, 1 .tiff."));
        Assert.That(told[2], Does.Contain("2 of 5 files").And.Contain("2.png").And.Contain("2.jpg"));
    }

    [TestCase(false), TestCase(true)]
    public void Read_ThatSkips_OfNothingButBadFiles_IsRefused(bool isLazy)
    {
        folder.File("1.png", "not an image"u8);
        folder.File("2.png", "not an image"u8);
        Assert.That(() => new ImageFolderReader(folder.Path, Shape, new() { IsLazy = isLazy, BadFiles = BadFilePolicy.Skip }).Read(),
            Throws.TypeOf<DataFormatException>().With.Message.Contains("2 of 2"));
    }

    [Test]
    public void Read_OfOtherFormatsAlone_SaysWhichTheyAre()
    {
        folder.File("1.heic", [1]);
        folder.File("2.HEIC", [1]);
        Assert.That(() => new ImageFolderReader(folder.Path, Shape).Read(),
            Throws.TypeOf<DataFormatException>().With.Message.Contains("there are none: 2 .heic"));
    }

    [Test]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.That(() => new ImageFolderOptions { Threads = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new ImageFolderOptions { Fit = (ImageFit)7 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new ImageFolderOptions { BadFiles = (BadFilePolicy)7 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private void Save(string name, int value) =>
        new Picture(Shape, [.. Enumerable.Repeat((byte)value, 4)]).SavePng(folder.File(name));
}
