using Ddpm.Tests.Core.Imaging;

namespace Ddpm.Tests.Data.Cache;

/// <summary>Image folders that are kept: what changes them is seen, and their bad files are found while the file is made.</summary>
public class CachedFolderTests
{
    private static readonly ImageShape Shape = new(3, 6, 8);
    private readonly List<string> warnings = [];
    private TemporaryFolder folder = null!;

    private string Path => folder.File("kept.bin");

    [SetUp]
    public void SetUp()
    {
        folder = new TemporaryFolder();
        warnings.Clear();
        for (var i = 0; i < 8; i++)
            Save(i, i);
    }

    [TearDown] public void TearDown() => folder.Dispose();

    [TestCase(false), TestCase(true)]
    public void Read_OfAFolder_GivesWhatTheFolderGives(bool isLazy)
    {
        for (var reading = 0; reading < 2; reading++)
            Assert.That(Values(new() { IsLazy = isLazy }), Is.EqualTo(Enumerable.Range(0, 8)));
        Assert.That(warnings, Is.Empty);
    }

    [Test]
    public void Read_AfterAnyChangeOfTheFolder_MakesTheFileAnew()
    {
        Values(new());
        Save(3, 100);
        File.SetLastWriteTimeUtc(File_(3), DateTime.UtcNow.AddDays(-1));
        Assert.That(Values(new())[3], Is.EqualTo(100), "another file");
        Save(8, 8);
        Assert.That(Values(new()), Has.Length.EqualTo(9), "a new file");
        File.Delete(File_(8));
        Assert.That(Values(new()), Has.Length.EqualTo(8), "a file less");
        File.Move(File_(0), File_(9));
        Assert.That(Values(new())[7], Is.EqualTo(0), "another name");
        Values(new() { Fit = ImageFit.Squash });
        Values(new() { Fit = ImageFit.Squash, BadFiles = BadFilePolicy.Skip });
        Assert.That(warnings, Has.Count.EqualTo(6));
        Values(new() { Fit = ImageFit.Squash, BadFiles = BadFilePolicy.Skip, Threads = 7, IsLazy = true });
        Assert.That(warnings, Has.Count.EqualTo(6), "threads change nothing");
    }

    [Test]
    public void Read_OfALazyFolderWithDamagedFiles_NamesThemAll_OrLeavesThemOut()
    {
        foreach (var i in (int[])[2, 5])
            File.WriteAllBytes(File_(i), File.ReadAllBytes(File_(i))[..^60]);
        Assert.That(() => Values(new() { IsLazy = true }),
            Throws.TypeOf<DataFormatException>().With.Message.Contains("2 of 8 files").And.Message.Contains("2.png").And.Message.Contains("5.png"));
        Assert.That(File.Exists(Path), Is.False);
        Assert.That(Values(new() { IsLazy = true, BadFiles = BadFilePolicy.Skip }), Is.EqualTo(new[] { 0, 1, 3, 4, 6, 7 }));
        Assert.That(warnings.Single(), Does.Contain("2 of 8 files").And.Contain("left out"));
        Assert.That(Values(new() { IsLazy = true, BadFiles = BadFilePolicy.Skip }), Has.Length.EqualTo(6));
    }

    [Test]
    public void Fingerprints_OfEveryReader_ChangeWithItsSettingsAlone()
    {
        string[] prints =
        [
            new ShapesReader(5).Fingerprint()!, new ShapesReader(6).Fingerprint()!, new ShapesReader(5, 17).Fingerprint()!,
            new ShapesReader(5, seed: 1).Fingerprint()!,
            new ImageFolderReader(folder.File("images"), Shape).Fingerprint()!,
            new ImageFolderReader(folder.File("images"), new(1, 6, 8)).Fingerprint()!,
            new Cifar10MatReader(Recordings.Own("cases/mat/list-int64-row")).Fingerprint()!,
        ];
        Assert.That(prints, Is.Unique.And.All.Not.Empty);
        Assert.That(new ImageFolderReader(folder.File("images"), Shape).Fingerprint(), Is.EqualTo(prints[4]));
        Assert.That(() => new ImageFolderReader(folder.File("none"), Shape).Fingerprint(), Throws.TypeOf<DirectoryNotFoundException>());
    }

    private int[] Values(ImageFolderOptions options)
    {
        var images = new CachedReader(new ImageFolderReader(folder.File("images"), Shape, options), Path)
            { Warnings = new Direct<string>(warnings.Add) }.Read();
        using var open = (IDisposable)images;
        return CountedImages.Values(images);
    }

    private string File_(int i) => folder.File($"images/{i}.png");

    private void Save(int i, int value) => new Picture(new(3, 200, 200), [.. Enumerable.Repeat((byte)value, 120_000)]).SavePng(File_(i));
}
