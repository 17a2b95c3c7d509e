using Ddpm.Samples;

namespace Ddpm.Tests.Samples;

/// <summary>A file that a sample writes is whole or not there, and an older one outlasts a failure.</summary>
public class TextFileTests
{
    [Test]
    public void Write_ReplacesTheOlderFile_AndLeavesNothingElse()
    {
        using var folder = new TemporaryFolder();
        TextFile.Write(folder.File("a"), "an older and longer text");
        TextFile.Write(folder.File("a"), "ε\n");
        Assert.That(File.ReadAllBytes(folder.File("a")), Is.EqualTo(new byte[] { 0xCE, 0xB5, (byte)'\n' }));
        Assert.That(Directory.GetFileSystemEntries(folder.Path), Has.Length.EqualTo(1));
    }

    [Test]
    public void Write_WhereAFolderIs_Fails_AndLeavesNothingElse()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("a"));
        Assert.That(() => TextFile.Write(folder.File("a"), "text"), Throws.InstanceOf<IOException>().Or.InstanceOf<UnauthorizedAccessException>());
        Assert.That(Directory.GetFileSystemEntries(folder.Path), Is.EqualTo(new[] { folder.File("a") }));
    }

    [Test]
    public void Write_OnAFullDisk_LeavesTheOlderFile_AndNothingElse()
    {
        using var disk = new SmallDisk(kilobytes: 64);
        TextFile.Write(disk.File("a"), "older");
        Assert.That(() => TextFile.Write(disk.File("a"), new string('x', 1 << 20)), Throws.InstanceOf<IOException>());
        Assert.That(File.ReadAllText(disk.File("a")), Is.EqualTo("older"));
        Assert.That(Directory.GetFileSystemEntries(disk.Path), Has.Length.EqualTo(1));
    }

    // Of those who write the first plan at the same moment one succeeds, and the others find his.
    [Test]
    public void Write_ThatMayNotOverwrite_Fails_AndLeavesTheOlderFile_AndNothingElse()
    {
        using var folder = new TemporaryFolder();
        var work = Directory.CreateDirectory(folder.File("work")).FullName;
        WholeFile.Write(folder.File("a"), stream => stream.WriteByte(1), work, overwrite: false);
        Assert.That(() => WholeFile.Write(folder.File("a"), stream => stream.WriteByte(2), work, overwrite: false), Throws.InstanceOf<IOException>());
        Assert.That(File.ReadAllBytes(folder.File("a")), Is.EqualTo(new byte[] { 1 }));
        Assert.That(Directory.GetFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories), Has.Length.EqualTo(2));
    }
}
