namespace Ddpm.Tests.Data.Checkpoints;

/// <summary>
/// File systems that are full, and folders that are in use. They are mounted for the test, which needs Linux and its administrator.
/// </summary>
public class CheckpointSpaceTests
{
    private const int Full = 28, Page = 4096;

    [Test]
    public void FullFileSystem_OfOneMegabyte_KeepsTheLastAndGoesOnWhenThereIsSpace()
    {
        using var disk = new SmallDisk("size=1m");
        var filler = Path.Combine(disk.Path, "filler");
        using var store = new CheckpointStore(Path.Combine(disk.Path, "run"), warnings: new Direct<string>(warning => Assert.Fail(warning)));
        for (var step = 1; step <= 5; step++)
            store.Write(step, bytes: 200_000);
        File.WriteAllBytes(filler, new byte[500_000]);
        var free = Free();
        for (var attempt = 0; attempt < 3; attempt++)
            Assert.That(() => store.Write(6, bytes: 200_000), Throws.TypeOf<IOException>()
                .With.Property("HResult").EqualTo(Full).And.Message.Contains(disk.Path).And.Message.Contains("No space left"));
        Assert.That(Free(), Is.EqualTo(free));
        Assert.That(Written.Step(store.Newest()!), Is.EqualTo(5));
        using (var other = new CheckpointStore(Path.Combine(disk.Path, "other")))
        {
            File.WriteAllBytes(filler + "2", new byte[free]);
            Assert.That(other.Reserve, Throws.TypeOf<IOException>().With.Property("HResult").EqualTo(Full));
        }
        File.Delete(filler);
        File.Delete(filler + "2");
        store.Reserve();
        store.Write(6, bytes: 200_000);
        using var later = new CheckpointStore(Path.Combine(disk.Path, "run"));
        Assert.That(Written.Step(later.Newest()!), Is.EqualTo(6));

        long Free() => new DriveInfo(disk.Path).AvailableFreeSpace;
    }

    // One page less each time: the disk is full at each of the operations once. The same with inodes, of which every file and folder takes one.
    [TestCase("size=1m", TestName = "EveryOperation_OnAFullDisk_KeepsTheLast")]
    [TestCase("size=1m,nr_inodes=30", TestName = "EveryOperation_WithoutInodes_KeepsTheLast")]
    public void EveryOperation_OnAFullDisk(string options)
    {
        using var disk = new SmallDisk(options);
        using var store = new CheckpointStore(Path.Combine(disk.Path, "run"), warnings: new Direct<string>(warning => Assert.Fail(warning)));
        store.Write(1);
        store.Write(2);
        var (step, failed) = (2, 0);
        for (var left = 0; left < 12; left++)
        {
            var fillers = Fill(disk.Path, left, byFiles: options.Contains("inodes", StringComparison.Ordinal));
            try
            {
                store.Write(step + 1, score: 1);
                step++;
            }
            catch (IOException error)
            {
                Assert.That(error.HResult, Is.EqualTo(Full));
                failed++;
            }
            using var reader = new CheckpointStore(Path.Combine(disk.Path, "run"), warnings: new Direct<string>(warning => Assert.Fail(warning)));
            Assert.That(Written.Step(reader.Newest()!), Is.EqualTo(step));
            Assert.That(Directory.Exists(Path.Combine(disk.Path, "run", CheckpointDraft.Name)), Is.False);
            fillers.ForEach(File.Delete);
        }
        TestContext.Out.WriteLine($"{failed} writings failed, {step - 2} went through");
        Assert.That((failed, step), Is.EqualTo((failed, 14 - failed)));
        Assert.That(failed, Is.InRange(3, 9));
        store.Write(step + 1);
        Assert.That(Written.Step(store.Newest()!), Is.EqualTo(step + 1));
    }

    // A folder with another file system on it cannot be moved: as on Windows where a reader has a file of it open.
    [Test]
    public void OldCheckpoint_InUse_StaysAndGoesLater()
    {
        using var folder = new TemporaryFolder();
        var told = new List<string>();
        using var store = new CheckpointStore(folder.Path, warnings: new Direct<string>(told.Add));
        var first = store.Write(1);
        var content = Directory.GetFiles(first).ToDictionary(path => path, File.ReadAllBytes);
        using (new SmallDisk("size=1m", first))
        {
            foreach (var (path, bytes) in content)
                File.WriteAllBytes(path, bytes);
            store.Write(2);
            Assert.That(told, Is.Empty);
            store.Write(3);
            Assert.That(told, Has.Count.EqualTo(1));
            Assert.That(told[0], Does.Contain(first).And.Contains("could not be deleted"));
            Assert.That(Written.Step(store.Newest()!), Is.EqualTo(3));
            Assert.That(Written.Step(CheckpointFolder.Open(first)), Is.EqualTo(1));
        }
        store.Write(4);
        Assert.That(Directory.Exists(first), Is.False);
        Assert.That(CheckpointName.In(folder.Path), Has.Count.EqualTo(2));
        Assert.That(told, Has.Count.EqualTo(1));
    }

    [Test]
    public void OldCheckpoint_InUseForAMoment_IsWaitedFor()
    {
        using var folder = new TemporaryFolder();
        using var store = new CheckpointStore(folder.Path, warnings: new Direct<string>(Assert.Fail));
        var first = store.Write(1);
        store.Write(2);
        // An empty listing under the name is as good here: only that it is moved matters.
        var mounted = new SmallDisk("size=1m", first);
        File.WriteAllText(Path.Combine(first, CheckpointListing.Name), "x");
        // On a thread of its own: the pool's may come too late.
        var unmounting = Task.Factory.StartNew(
            () =>
            {
                Thread.Sleep(300);
                mounted.Dispose();
            },
            TaskCreationOptions.LongRunning);
        store.Write(3);
        unmounting.Wait();
        Assert.That(Directory.Exists(first), Is.False);
    }

    [Test]
    public void ReadOnlyFileSystem_IsNamed()
    {
        using var disk = new SmallDisk("size=1m");
        using var store = new CheckpointStore(disk.Path);
        store.Write(1);
        disk.MakeReadOnly();
        Assert.That(store.Reserve, Throws.TypeOf<IOException>().With.Message.Contains(disk.Path).And.Message.Contains("Read-only"));
        Assert.That(() => store.Write(2), Throws.TypeOf<IOException>().With.Message.Contains("Read-only"));
        Assert.That(Written.Step(store.Newest()!), Is.EqualTo(1));
    }

    private static List<string> Fill(string disk, int left, bool byFiles)
    {
        var fillers = new List<string>();
        while (fillers.Count < 1000)
            try
            {
                var path = Path.Combine(disk, $"filler{fillers.Count}");
                fillers.Add(path);
                File.WriteAllBytes(path, new byte[byFiles ? 0 : Page]);
            }
            catch (IOException)
            {
                break;
            }
        foreach (var path in fillers[^(left + 1)..])
            File.Delete(path);
        return fillers[..^(left + 1)];
    }
}
