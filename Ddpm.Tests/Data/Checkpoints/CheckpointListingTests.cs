using System.Diagnostics;

namespace Ddpm.Tests.Data.Checkpoints;

public class CheckpointListingTests
{
    // Both hashes are of the command's own making.
    [Test]
    public void Listing_IsThatOfSha256sum()
    {
        using var folder = new TemporaryFolder();
        using var store = new CheckpointStore(folder.Path);
        var path = store.Write("x", [("b", stream => stream.Write("abc"u8)), ("a.bin", stream => stream.Write("abc"u8))], score: 0.5);
        const string Abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        const string Half = "8d5c1b5a87c51f970807fc0c2057b3ab3aaf11638ab667dc5956edc8f5bcf138";
        Assert.That(File.ReadAllText(Path.Combine(path, "SHA256SUMS")), Is.EqualTo($"{Abc}  a.bin\n{Abc}  b\n{Half}  score.txt\n"));
    }

    [Test]
    public void Sha256sum_ChecksACheckpoint()
    {
        if (!File.Exists("/usr/bin/sha256sum"))
            Assert.Ignore("There is no /usr/bin/sha256sum here.");
        using var folder = new TemporaryFolder();
        using var store = new CheckpointStore(folder.Path);
        var path = store.Write(1, bytes: 3_000_000, score: 0.1);
        Assert.That(Check(), Is.Zero);
        File.AppendAllText(Path.Combine(path, Written.State), " ");
        Assert.That(Check(), Is.EqualTo(1));

        int Check()
        {
            var start = new ProcessStartInfo("/usr/bin/sha256sum", ["-c", "--strict", "--status", "SHA256SUMS"]) { WorkingDirectory = path };
            using var process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode;
        }
    }

    [TestCase("")]
    [TestCase("a/b")]
    [TestCase("a\\b")]
    [TestCase(".a")]
    [TestCase("a.")]
    [TestCase("..")]
    [TestCase("ä")]
    [TestCase("a b")]
    [TestCase("a\n")]
    [TestCase("sha256sums")]
    [TestCase("score.txt")]
    [TestCase("A.BIN")]
    public void Names_OfFiles_MustBePlainAndDiffer(string name)
    {
        using var folder = new TemporaryFolder();
        using var store = new CheckpointStore(folder.File("store"));
        Action<Stream> write = stream => stream.WriteByte(1);
        Assert.That(() => store.Write("x", [("a.bin", write), (name, write)]), Throws.ArgumentException.With.Message.Contains("ames must"));
        if (!name.StartsWith('s') && !name.StartsWith('A'))
            Assert.That(() => store.Write(name, [("a", write)]), Throws.ArgumentException);
        Assert.That(Directory.Exists(folder.File("store")), Is.False);
    }
}
