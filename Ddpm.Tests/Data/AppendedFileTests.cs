using System.Text;

namespace Ddpm.Tests.Data;

public class AppendedFileTests
{
    private static ReadOnlySpan<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    [Test]
    public void Append_HandsEachRecordToTheSystemAtOnce()
    {
        using var folder = new TemporaryFolder();
        using var file = new AppendedFile(folder.File("log"), Encoding.UTF8.GetBytes("head "));
        Assert.That(File.Exists(file.Path), Is.False);
        file.Append(Bytes("one "));
        Assert.That(File.ReadAllText(file.Path), Is.EqualTo("head one "));
        file.Append(Bytes("two "));
        Assert.That(File.ReadAllText(file.Path), Is.EqualTo("head one two "));
    }

    [Test]
    public void Append_ToAFileThatIsThere_AddsToIt()
    {
        using var folder = new TemporaryFolder();
        using var file = new AppendedFile(folder.File("log", Bytes("head one ")), Encoding.UTF8.GetBytes("head "));
        file.Append(Bytes("two "));
        Assert.That(File.ReadAllText(file.Path), Is.EqualTo("head one two "));
    }

    [Test]
    [Platform("Linux")]
    public void Append_OnAFullDisk_Throws_EachTime()
    {
        using var file = new AppendedFile("/dev/full");
        for (var i = 0; i < 3; i++)
            Assert.That(() => file.Append(Bytes("one")), Throws.InstanceOf<IOException>().With.Message.Contains("space"));
    }

    // A folder that is gone for a while, as on a network.
    [Test]
    public void Append_WhenItsFolderIsBack_GoesOnWithTheHead()
    {
        using var folder = new TemporaryFolder();
        using var file = new AppendedFile(folder.File("run/log"), Encoding.UTF8.GetBytes("head "));
        Assert.That(() => file.Append(Bytes("one ")), Throws.InstanceOf<DirectoryNotFoundException>());
        Directory.CreateDirectory(folder.File("run"));
        file.Append(Bytes("two "));
        Assert.That(File.ReadAllText(file.Path), Is.EqualTo("head two "));
    }

    // Half a record would make all that follow it unreadable.
    [Test]
    public void Append_OnADiskThatIsFullForAWhile_KeepsWholeRecordsAlone()
    {
        using var disk = new SmallDisk(64);
        var blocker = disk.File("blocker");
        using var file = new AppendedFile(disk.File("log"), Encoding.UTF8.GetBytes("head "));
        var kept = "head ";
        for (var outage = 0; outage < 3; outage++)
        {
            File.WriteAllBytes(blocker, new byte[20_000]);
            var isFull = false;
            for (var i = 0; !isFull; i++)
            {
                var record = new string((char)('a' + outage), 5000) + ' ';
                try
                {
                    file.Append(Bytes(record));
                    kept += record;
                }
                catch (IOException)
                {
                    isFull = true;
                }
            }
            Assert.That(File.ReadAllText(file.Path), Is.EqualTo(kept));
            File.Delete(blocker);
            file.Append(Bytes("free "));
            Assert.That(File.ReadAllText(file.Path), Is.EqualTo(kept += "free "));
        }
        Assert.That(kept, Does.Contain("a").And.Contain("free "));
    }
}
