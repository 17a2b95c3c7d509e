namespace Ddpm.Tests.Data.Folders;

public class ImageFolderReaderTests
{
    private static readonly ImageShape Gray = new(1, 2, 2), Colour = new(3, 2, 2);
    private TemporaryFolder folder = null!;

    [SetUp] public void SetUp() => folder = new TemporaryFolder();

    [TearDown] public void TearDown() => folder.Dispose();

    [Test]
    public void Read_OfAFlatFolder_SortsByCharacterCodesAndIgnoresOtherFiles()
    {
        foreach (var (name, value) in new[] { ("b.png", 3), ("a10.PNG", 1), ("a2.png", 2), ("Z.png", 0), ("é.png", 4) })
            Save(name, value);
        folder.File("a.txt", [1]);
        folder.File("png", [1]);
        Directory.CreateDirectory(folder.File("empty"));
        var images = new ImageFolderReader(folder.Path, Gray).Read();
        Assert.That(Values(images), Is.EqualTo(new byte[] { 0, 1, 2, 3, 4 }));
        Assert.That((images.Labels, images.ClassNames), Is.EqualTo(((IReadOnlyList<int>?)null, (IReadOnlyList<string>?)null)));
    }

    [Test]
    public void Read_OfSubfolders_MakesThemClasses()
    {
        foreach (var name in new[] { "dog", "cat", "Ant", "nothing" })
            Directory.CreateDirectory(folder.File(name));
        Save("dog/1.png", 30);
        Save("cat/2.png", 21);
        Save("cat/1.png", 20);
        Save("Ant/9.png", 10);
        var images = new ImageFolderReader(folder.Path, Colour).Read();
        Assert.That(images.ClassNames, Is.EqualTo(new[] { "Ant", "cat", "dog" }));
        Assert.That(images.Labels, Is.EqualTo(new[] { 0, 1, 1, 2 }));
        Assert.That(Values(images), Is.EqualTo(new byte[] { 10, 20, 21, 30 }));
    }

    [Test]
    public void Read_OfLargerColourImages_ResizesAndConvertsAsPictureDoes()
    {
        var picture = Imaging.PictureTests.Pattern(new(3, 30, 50));
        picture.SavePng(folder.File("a.png"));
        var image = new byte[8 * 6];
        new ImageFolderReader(folder.Path, new(1, 6, 8)).Read().CopyTo(0, image);
        Assert.That(image, Is.EqualTo(picture.WithChannels(1).Resize(8, 6).Pixels.ToArray()));
    }

    [Test]
    public void Read_OfManyFiles_KeepsTheirOrderWhicheverIsDecodedFirst()
    {
        for (var i = 0; i < 200; i++)
            Save($"{i:D3}.png", i, edge: i % 7 == 0 ? 200 : 2);
        Assert.That(Values(new ImageFolderReader(folder.Path, Gray).Read()), Is.EqualTo(Enumerable.Range(0, 200).Select(i => (byte)i)));
    }

    [Test]
    public void Read_WithBrokenFiles_NamesTheFirst()
    {
        for (var i = 0; i < 60; i++)
            if (i is 31 or 32 or 59)
                folder.File($"{i:D2}.png", "not an image"u8);
            else
                Save($"{i:D2}.png", i);
        Assert.That(Reading(Gray), Throws.TypeOf<DataFormatException>().With.Message.Contains("31.png"));
    }

    [Test]
    public void Read_WithoutImages_NamesTheFolder()
    {
        folder.File("a.txt", [1]);
        Assert.That(Reading(Gray), Throws.TypeOf<DataFormatException>().With.Message.Contains(folder.Path));
        Assert.That(() => new ImageFolderReader(folder.File("none"), Gray).Read(),
            Throws.TypeOf<DirectoryNotFoundException>().With.Message.Contains("none"));
    }

    [Test]
    public void Read_WithImagesOnBothLevels_NamesOneOfEach()
    {
        Directory.CreateDirectory(folder.File("cat"));
        Save("cat/1.png", 1);
        Save("2.png", 2);
        Assert.That(Reading(Gray), Throws.TypeOf<DataFormatException>().With.Message.Contains("1.png").And.Message.Contains("2.png"));
    }

    [Test]
    public void Read_OfMoreThanAnArrayHolds_SaysSoBeforeMemoryIsTaken()
    {
        foreach (var i in Enumerable.Range(0, 8))
            Save($"{i}.png", i);
        Assert.That(Reading(new(3, 10_000, 10_000)), Throws.TypeOf<DataFormatException>().With.Message.Contains("8 of 300000000"));
    }

    [Test]
    public void Constructor_WithAShapeOfNoPicture_Throws() =>
        Assert.That(() => new ImageFolderReader(folder.Path, new(2, 4, 4)), Throws.ArgumentException.With.Message.Contains("1 or 3"));

    // A picture of one colour: its gray is known, its resized pixels are known.
    private void Save(string name, int value, int edge = 2) =>
        new Picture(new(3, edge, edge), [.. Enumerable.Repeat((byte)value, 3 * edge * edge)]).SavePng(folder.File(name));

    private Action Reading(ImageShape shape) => () => new ImageFolderReader(folder.Path, shape).Read();

    private static byte[] Values(IImageDataset images)
    {
        var image = new byte[images.Shape.Values];
        return [.. Enumerable.Range(0, images.Count).Select(index =>
        {
            images.CopyTo(index, image);
            Assert.That(image, Is.All.EqualTo(image[0]));
            return image[0];
        })];
    }
}
