using System.Diagnostics;
using System.Runtime.Versioning;

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
        Assert.That(images.ClassNames, Is.EqualTo(new[] { "Ant", "cat", "dog", "nothing" }));
        Assert.That(images.Labels, Is.EqualTo(new[] { 0, 1, 1, 2 }));
        Assert.That(Values(images), Is.EqualTo(new byte[] { 10, 20, 21, 30 }));
    }

    [Test]
    public void Read_OfLargerColourImages_CropsOrSquashesAsPictureDoes()
    {
        var picture = Imaging.PictureTests.Pattern(new(3, 30, 50));
        picture.SavePng(folder.File("a.png"));
        byte[] Image(ImageFolderReader reader) => Picture.Of(reader.Read(), 0).Pixels.ToArray();
        var gray = picture.WithChannels(1);
        Assert.That(Image(new(folder.Path, new(1, 6, 8))), Is.EqualTo(gray.Resize(8, 6, ImageFit.Crop).Pixels.ToArray()));
        Assert.That(Image(new(folder.Path, new(1, 6, 8), new() { Fit = ImageFit.Squash })), Is.EqualTo(gray.Resize(8, 6).Pixels.ToArray()));
    }

    [Test]
    public void Read_OfAClassWithoutImages_KeepsItsNumber()
    {
        // Folders without images cannot be kept in git.
        foreach (var (set, name) in new[] { ("train", "a"), ("train", "b"), ("train", "c"), ("test", "a"), ("test", "b"), ("test", "c") })
            Directory.CreateDirectory(folder.File($"{set}/{name}"));
        foreach (var name in new[] { "train/a/1.png", "train/b/1.png", "train/c/1.png", "test/a/1.png", "test/c/1.png" })
            Save(name, 1);
        var (train, test) = (new ImageFolderReader(folder.File("train"), Gray).Read(), new ImageFolderReader(folder.File("test"), Gray).Read());
        Assert.That(train.Labels, Is.EqualTo(new[] { 0, 1, 2 }));
        Assert.That(test.Labels, Is.EqualTo(new[] { 0, 2 }));
        Assert.That(test.ClassNames, Is.EqualTo(train.ClassNames));
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

    // Files that an archive of a Mac, a notebook and the systems leave, in the folder and in its classes.
    [TestCase("appledouble-file", 1, "cat", "dog")]
    [TestCase("notebook-checkpoints", 1, "cat", "dog")]
    [TestCase("macosx-flat", 1)]
    public void Read_WithHiddenFilesAndFolders_PassesThemOverAndCountsThem(string name, int passedOver, params string[] classes)
    {
        var reader = new ImageFolderReader(Recordings.Own($"cases/folders/{name}"), Gray);
        var images = reader.Read();
        Assert.That(images.Count, Is.EqualTo(Math.Max(classes.Length, 1)));
        Assert.That(images.ClassNames ?? [], Is.EqualTo(classes));
        Assert.That(images.Labels ?? [], Is.EqualTo(Enumerable.Range(0, classes.Length)));
        Assert.That(reader.PassedOver, Is.EqualTo(passedOver));
    }

    [Test]
    public void Read_WithWhatSystemsLeave_ReadsTheRest()
    {
        string[] folders = [".git", "__MACOSX", "@eaDir", "lost+found", "System Volume Information", "$RECYCLE.BIN", "cat/.ipynb_checkpoints"];
        foreach (var name in folders)
        {
            Directory.CreateDirectory(folder.File(name));
            folder.File(name + "/1.png", "not an image"u8);
        }
        foreach (var name in new[] { ".DS_Store", ".png", "._2.png", "cat/._1.png", "cat/THUMBS.DB", "cat/desktop.ini" })
            folder.File(name, "not an image"u8);
        Save("cat/1.PNG", 7);
        Directory.CreateDirectory(folder.File("cat/x.png"));
        var reader = new ImageFolderReader(folder.Path, Gray);
        Assert.That(Values(reader.Read()), Is.EqualTo(new byte[] { 7 }));
        Assert.That(reader.PassedOver, Is.EqualTo(folders.Length + 6));
    }

    [TestCase("nowhere.png", "target is missing")]
    [TestCase("2.png", "target is missing")]
    [TestCase("/dev/null", "image")]
    public void Read_WithALinkThatLeadsToNoImage_NamesItAsABadFile(string target, string rule)
    {
        Save("1.png", 1);
        Link("2.png", target);
        Save("3.png", 3);
        Assert.That(Reading(Gray), Throws.TypeOf<DataFormatException>().With.Message.Contains("2.png").And.Message.Contains(rule));
    }

    [Test]
    public void Read_WithLinksThatLeadSomewhere_FollowsThem()
    {
        Directory.CreateDirectory(folder.File("kept/cat"));
        Save("kept/1.png", 5);
        Directory.CreateDirectory(folder.File("images/dog"));
        Link("images/cat", "../kept");
        Link("images/dog/1.png", "../../kept/1.png");
        Link("images/dog/round", "..");
        Assert.That(new ImageFolderReader(folder.File("images"), Gray).Read().Labels, Is.EqualTo(new[] { 0, 1 }));
        Link("images/elk", "../nowhere");
        Assert.That(() => new ImageFolderReader(folder.File("images"), Gray).Read(),
            Throws.TypeOf<DataFormatException>().With.Message.Contains("elk").And.Message.Contains("target is missing"));
    }

    [Test]
    public void Read_WithAnEmptyFile_NamesIt()
    {
        Save("1.png", 1);
        folder.File("2.jpg", []);
        Assert.That(Reading(Gray), Throws.TypeOf<DataFormatException>().With.Message.Contains("2.jpg"));
    }

    [Test]
    public void Read_OfAFileThatIsLocked_NamesIt()
    {
        Save("1.png", 1);
        using var locked = new FileStream(folder.File("1.png"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.That(Reading(Gray), Throws.TypeOf<DataFormatException>().With.Message.Contains("1.png").And.Message.Contains("readable"));
    }

    [Test]
    public void Read_OfANamedPipe_DoesNotWaitForItsWriter()
    {
        if (OperatingSystem.IsWindows())
            Assert.Ignore("Windows has no named pipes in folders.");
        Save("1.png", 1);
        using (var maker = Process.Start("mkfifo", folder.File("2.png")))
            maker.WaitForExit();
        var reading = Task.Run(Reading(Gray));
        Assert.That(() => reading.Wait(TimeSpan.FromMinutes(1)),
            Throws.InnerException.TypeOf<DataFormatException>().With.InnerException.Message.Contains("2.png"));
    }

    [TestCase(""), TestCase("cat"), UnsupportedOSPlatform("windows"), Platform(Exclude = "Win")]
    public void Read_OfAFolderWithoutPermission_NamesIt(string name)
    {
        if (Environment.IsPrivilegedProcess)
            Assert.Ignore("Who may do everything cannot be kept out.");
        Directory.CreateDirectory(folder.File("cat"));
        Save("1.png", 1);
        var path = Path.TrimEndingDirectorySeparator(folder.File(name));
        File.SetUnixFileMode(path, UnixFileMode.None);
        try
        {
            Assert.That(Reading(Gray), Throws.TypeOf<DataFormatException>().With.Message.StartsWith(path).And.Message.Contains("readable"));
        }
        finally
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    // Cancelled from within, not by a clock: a timer needs a thread of the pool, for which it may wait longer than the reading takes.
    [Test]
    public void Read_Cancelled_EndsAfterThePicturesInWork()
    {
        for (var i = 0; i < 50; i++)
            Save($"{i}.png", i);
        using var stop = new CancellationTokenSource();
        var read = 0;
        var progress = new Direct<ReadingProgress>(told =>
        {
            read = told.Done;
            if (read == 3)
                stop.Cancel();
        });
        Assert.That(() => new ImageFolderReader(folder.Path, Gray, new() { Threads = 2 }).Read(progress, stop.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(read, Is.EqualTo(3).Or.EqualTo(4), "the other thread had a picture in work, or none");
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
    public void Read_OfMoreThanTheMemoryHolds_SaysSoBeforeMemoryIsTaken()
    {
        const long image = 3L * 10_000 * 10_000;
        var count = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / image + 1;
        Assume.That(count, Is.LessThan(5000));
        for (var i = 0; i < count; i++)
            folder.File($"{i:D4}.png", []);
        Assert.That(Reading(new(3, 10_000, 10_000)), Throws.TypeOf<DataFormatException>()
            .With.Message.Contains($"{count} of {image}").And.Message.Contains("IsLazy"));
    }

    // 22 images of 100 MB.
    [Test, Category("Slow")]
    public void Read_OfMoreThanTwoGigabytes_HoldsThemAll()
    {
        for (var i = 0; i < 22; i++)
            Save($"{i:D2}.png", i);
        var images = new ImageFolderReader(folder.Path, new(1, 10_000, 10_000)).Read();
        Assert.That(images.Count * images.Shape.Values, Is.GreaterThan(int.MaxValue));
        var image = new byte[images.Shape.Values];
        for (var i = 0; i < 22; i++)
        {
            images.CopyTo(i, image);
            Assert.That(image.AsSpan().IndexOfAnyExcept((byte)i), Is.EqualTo(-1));
        }
    }

    [Test]
    public void Constructor_WithAShapeOfNoPicture_Throws() =>
        Assert.That(() => new ImageFolderReader(folder.Path, new(2, 4, 4)), Throws.ArgumentException.With.Message.Contains("1 or 3"));

    // A picture of one colour: its gray is known, its resized pixels are known.
    private void Save(string name, int value, int edge = 2) =>
        new Picture(new(3, edge, edge), [.. Enumerable.Repeat((byte)value, 3 * edge * edge)]).SavePng(folder.File(name));

    private void Link(string name, string target)
    {
        if (OperatingSystem.IsWindows())
            Assert.Ignore("Windows lets few users make links.");
        File.CreateSymbolicLink(folder.File(name), target);
    }

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
