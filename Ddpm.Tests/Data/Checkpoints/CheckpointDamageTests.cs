using System.Diagnostics;

namespace Ddpm.Tests.Data.Checkpoints;

/// <summary>Every change of a checkpoint is refused.</summary>
public class CheckpointDamageTests
{
    // Every bit of every file takes a while; every 13th one is of every kind too: 13 and 8 have no factor in common.
    [TestCase(13)]
    [TestCase(1, Category = "Slow")]
    public void EveryBitFlipped_IsRefused(int every)
    {
        using var checkpoint = new Checkpoint();
        var flips = 0;
        foreach (var path in checkpoint.Files)
        {
            var whole = File.ReadAllBytes(path);
            for (var bit = 0; bit < whole.Length * 8; bit += every, flips++)
            {
                Put(path, bit / 8, (byte)(whole[bit / 8] ^ (1 << (bit % 8))));
                checkpoint.IsRefused($"{path}, bit {bit}");
                Put(path, bit / 8, whole[bit / 8]);
            }
        }
        checkpoint.IsWhole();
        TestContext.Out.WriteLine($"{flips} single-bit flips refused");
        Assert.That(flips, Is.GreaterThanOrEqualTo(10_000 / every));

        static void Put(string path, int offset, byte value)
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
            file.Position = offset;
            file.WriteByte(value);
        }
    }

    [Test]
    public void EveryTruncation_IsRefused()
    {
        using var checkpoint = new Checkpoint();
        var truncations = 0;
        foreach (var file in checkpoint.Files)
        {
            var whole = File.ReadAllBytes(file);
            for (var length = whole.Length - 1; length >= 0; length--, truncations++)
            {
                using (var stream = new FileStream(file, FileMode.Open, FileAccess.Write))
                    stream.SetLength(length);
                checkpoint.IsRefused($"{file} of {length} bytes");
            }
            File.WriteAllBytes(file, [.. whole, 0]);
            checkpoint.IsRefused($"{file}, longer");
            File.WriteAllBytes(file, whole);
        }
        checkpoint.IsWhole();
        TestContext.Out.WriteLine($"{truncations} truncations refused");
    }

    [Test]
    public void FileTooManyOrTooFew_IsRefused()
    {
        using var checkpoint = new Checkpoint();
        foreach (var file in checkpoint.Files)
        {
            File.Move(file, file + "2");
            checkpoint.IsRefused($"{file}, renamed");
            File.Copy(file + "2", file);
            checkpoint.IsRefused($"{file}, twice");
            File.Delete(file);
            var other = checkpoint.Files.First(each => each != file && each != file + "2");
            File.Move(file + "2", file);
            Swap(file, other);
            checkpoint.IsRefused($"{file} and {other}, exchanged");
            Swap(file, other);
        }
        foreach (var extra in (string[])[".hidden", "a.txt", "SHA256SUMS.old"])
        {
            var path = Path.Combine(checkpoint.Path, extra);
            File.WriteAllText(path, "x");
            checkpoint.IsRefused(extra);
            File.Delete(path);
        }
        Directory.CreateDirectory(Path.Combine(checkpoint.Path, "folder"));
        checkpoint.IsRefused("a folder");
        Directory.Delete(Path.Combine(checkpoint.Path, "folder"));
        checkpoint.IsWhole();

        static void Swap(string one, string other)
        {
            File.Move(one, one + "~");
            File.Move(other, one);
            File.Move(one + "~", other);
        }
    }

    // A link to a file with the right bytes is no file of the checkpoint: what it points to may be gone tomorrow, or be another file.
    [Test]
    public void LinksAndPipes_AreRefused()
    {
        if (OperatingSystem.IsWindows())
            Assert.Ignore("Windows makes links for administrators alone.");
        using var checkpoint = new Checkpoint();
        foreach (var file in checkpoint.Files)
        {
            using var elsewhere = new TemporaryFolder();
            File.Move(file, elsewhere.File("file"));
            File.CreateSymbolicLink(file, elsewhere.File("file"));
            checkpoint.IsRefused($"{file}, a link");
            File.Delete(file);
            using (var pipe = Process.Start("mkfifo", [file]))
                pipe.WaitForExit();
            checkpoint.IsRefused($"{file}, a pipe");
            File.Move(elsewhere.File("file"), file, overwrite: true);
        }
        checkpoint.IsWhole();
    }

    [TestCase("0", "two spaces")]
    [TestCase("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  ../b\n", "must be there")]
    [TestCase("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad *b\n", "two spaces")]
    [TestCase("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD  b\n", "SHA-256")]
    [TestCase("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  \n", "must be there")]
    [TestCase("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b\r\n", "must be there")]
    public void Listing_InAnotherForm_IsRefused(string listing, string rule)
    {
        using var folder = new TemporaryFolder();
        folder.File("b", "abc"u8);
        File.WriteAllText(folder.File(CheckpointListing.Name), listing);
        Assert.That(() => CheckpointFolder.Open(folder.Path), Throws.TypeOf<DataFormatException>().With.Message.Contains(rule));
    }

    [Test]
    public void Listing_OfTheRightForm_Opens()
    {
        using var folder = new TemporaryFolder();
        folder.File("b", "abc"u8);
        File.WriteAllText(folder.File("SHA256SUMS"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b\n");
        Assert.That(CheckpointFolder.Open(folder.Path).Files, Is.EqualTo(new[] { "b" }));
        Assert.That(() => CheckpointFolder.Open(folder.Path).File("c"), Throws.TypeOf<DataFormatException>().With.Message.Contains("there are b"));
    }

    [Test]
    public void HugeListings_AndManyFiles_AreRefusedUnread()
    {
        using var folder = new TemporaryFolder();
        using (var huge = File.Create(folder.File(CheckpointListing.Name)))
            huge.SetLength(1L << 40);
        Assert.That(() => CheckpointFolder.Open(folder.Path), Throws.TypeOf<DataFormatException>().With.Message.Contains("a listing must have 1 to"));
        for (var i = 0; i <= CheckpointListing.MaxFiles; i++)
            folder.File($"{i}", "x"u8);
        Assert.That(() => CheckpointFolder.Open(folder.Path), Throws.TypeOf<DataFormatException>().With.Message.Contains("there are more"));
    }

    // Files in a checkpoint of about 1,300 bytes, listing and all.
    private sealed class Checkpoint : IDisposable
    {
        private readonly TemporaryFolder folder = new();
        private readonly CheckpointStore store;

        public Checkpoint()
        {
            store = new(folder.Path);
            Path = store.Write(12, bytes: 1_050, score: 0.25);
            IsWhole();
        }

        public string Path { get; }

        public string[] Files => Directory.GetFiles(Path);

        public void IsWhole() => Assert.That(Written.Step(store.Newest()!), Is.EqualTo(12));

        public void IsRefused(string damage)
        {
            try
            {
                CheckpointFolder.Open(Path);
            }
            catch (DataFormatException)
            {
                return;
            }
            Assert.Fail($"{damage}: opened.");
        }

        public void Dispose()
        {
            store.Dispose();
            folder.Dispose();
        }
    }
}
