namespace Ddpm.Tests.Data;

public class AtomicFilesTests
{
    private static Action<Stream> Text(string text) => stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text));

    private static string Contents(TemporaryFolder folder) => string.Join(", ",
        Directory.GetFiles(folder.Path).Order().Select(path => $"{Path.GetFileName(path)}={File.ReadAllText(path)}"));

    [Test]
    public void Write_PutsAllFilesThere()
    {
        using var folder = new TemporaryFolder();
        AtomicFiles.Write((folder.File("a"), Text("1")), (folder.File("b"), Text("1")));
        AtomicFiles.Write((folder.File("a"), Text("2")), (folder.File("b"), Text("2")), (folder.File("c"), Text("2")));
        Assert.That(Contents(folder), Is.EqualTo("a=2, b=2, c=2"));
    }

    [Test]
    public void Write_OfWhatIsThereAlready_ChangesNoFile()
    {
        using var folder = new TemporaryFolder();
        AtomicFiles.Write((folder.File("a"), Text("1")), (folder.File("b"), Text("1")));
        File.SetLastWriteTimeUtc(folder.File("b"), new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        AtomicFiles.Write((folder.File("a"), Text("2")), (folder.File("b"), Text("1")));
        Assert.That(Contents(folder), Is.EqualTo("a=2, b=1"));
        Assert.That(File.GetLastWriteTimeUtc(folder.File("b")).Year, Is.EqualTo(2000));
    }

    [Test]
    public void Write_ThatFails_LeavesEveryOlderFile()
    {
        using var folder = new TemporaryFolder();
        AtomicFiles.Write((folder.File("a"), Text("1")), (folder.File("b"), Text("1")));
        Assert.That(
            () => AtomicFiles.Write((folder.File("a"), Text("2")), (folder.File("b"), _ => throw new IOException("full"))),
            Throws.TypeOf<IOException>().With.Message.EqualTo("full"));
        Assert.That(Contents(folder), Is.EqualTo("a=1, b=1"));
    }

    // The first file is already in its place when the second cannot be put there.
    [Test]
    public void Write_ThatFailsWhileFilesAreMoved_BringsTheOlderOnesBack()
    {
        using var folder = new TemporaryFolder();
        AtomicFiles.Write((folder.File("a"), Text("1")));
        Assert.That(
            () => AtomicFiles.Write((folder.File("a"), Text("2")), (folder.File("b"), stream =>
            {
                Text("2")(stream);
                Directory.CreateDirectory(folder.File("b"));
            })),
            Throws.InstanceOf<IOException>());
        Assert.That(Contents(folder), Is.EqualTo("a=1"));
    }
}
