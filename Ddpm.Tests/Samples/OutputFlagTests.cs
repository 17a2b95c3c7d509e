using Ddpm.Samples;

namespace Ddpm.Tests.Samples;

public class OutputFlagTests
{
    [Test]
    public void TryOut_LeavesNothingBehind()
    {
        using var folder = new TemporaryFolder();
        OutputFlag.Folder("x").TryOut(folder.File("a/b/c"));
        OutputFlag.Picture("x.png").TryOut(folder.File("d/e/f.png"));
        OutputFlag.Picture("x.png").TryOut(folder.File("g.png"));
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path), Is.Empty);
    }

    [Test]
    public void TryOut_OfAPictureThatIsThere_LeavesItAsItIs()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("g.png", [1, 2, 3]);
        OutputFlag.Picture("x.png").TryOut(file);
        Assert.That(File.ReadAllBytes(file), Is.EqualTo(new byte[] { 1, 2, 3 }));
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path), Has.Exactly(1).Items);
    }

    [Test]
    public void TryOut_UnderAFile_NamesIt([Values] bool picture)
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("g", [1]);
        var below = Path.Combine(file, "h", "i.png");
        Assert.That(() => (picture ? OutputFlag.Picture("x.png") : OutputFlag.Folder("x")).TryOut(below),
            Throws.ArgumentException.With.Message.EqualTo($"--out must be a place that can be written, but is '{below}': {file} is a file."));
    }

    [Test]
    public void TryOut_OfANameThatIsTooLong_IsRefused()
    {
        using var folder = new TemporaryFolder();
        Assert.That(() => OutputFlag.Picture("x.png").TryOut(folder.File(new string('a', 300) + ".png")), Throws.ArgumentException);
        Assert.That(() => OutputFlag.Folder("x").TryOut(folder.File(new string('a', 300))), Throws.ArgumentException);
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path), Is.Empty);
    }
}
