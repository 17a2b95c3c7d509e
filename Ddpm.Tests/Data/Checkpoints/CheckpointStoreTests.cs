namespace Ddpm.Tests.Data.Checkpoints;

public class CheckpointStoreTests
{
    private static string[] Names(TemporaryFolder folder) =>
        [.. Directory.GetFileSystemEntries(folder.Path).Select(path => Path.GetFileName(path)!).Where(name => name != FolderLock.Name).Order()];

    [Test]
    public void Newest_WhereThereIsNothing_IsNull()
    {
        using var folder = new TemporaryFolder();
        Assert.That(new CheckpointStore(folder.Path).Newest(), Is.Null);
        Assert.That(new CheckpointStore(folder.File("none")).Newest(), Is.Null);
        Assert.That(new CheckpointStore(folder.Path).Best(), Is.Null);
    }

    [Test]
    public void Newest_IsTheLastWritten_WhateverItsLabel()
    {
        using var folder = new TemporaryFolder();
        using var store = new CheckpointStore(folder.File("a/b"));
        store.Write(7);
        var second = store.Write(3);
        Assert.That(store.Newest()!.Path, Is.EqualTo(second));
        Assert.That(Written.Step(store.Newest()!), Is.EqualTo(3));
        Assert.That(store.Newest()!.Files, Is.EqualTo(new[] { Written.Model, Written.State }));
    }

    [Test]
    public void Write_KeepsTheLastAndTheBest()
    {
        using var folder = new TemporaryFolder();
        using var store = new CheckpointStore(folder.Path, keepLast: 2);
        double?[] scores = [5, 1.5, double.NaN, 2, null, 3, double.NegativeInfinity];
        foreach (var (i, score) in scores.Index())
            store.Write(i, score: score);
        Assert.That(Names(folder), Is.EqualTo(new[] { "000002-step-0000001", "000006-step-0000005", "000007-step-0000006" }));
        Assert.That((store.Best()!.Score, Written.Step(store.Best()!)), Is.EqualTo((1.5, 1)));
        Assert.That(store.Newest()!.Score, Is.Null);
        store.Write(8, score: 1.25);
        store.Write(9, score: 1.25);
        Assert.That(Written.Step(store.Best()!), Is.EqualTo(9));
        Assert.That(Names(folder), Has.Length.EqualTo(2));
    }

    [Test]
    public void Write_WithMoreKept_KeepsThem([Values(2, 3, 5)] int keepLast)
    {
        using var folder = new TemporaryFolder();
        using var store = new CheckpointStore(folder.Path, keepLast);
        for (var step = 1; step <= 7; step++)
        {
            store.Write(step);
            Assert.That(Names(folder), Has.Length.EqualTo(Math.Min(step, keepLast)));
        }
    }

    [Test]
    public void KeepLast_UnderTwo_IsRefused([Values(1, 0, -1)] int keepLast) =>
        Assert.That(() => new CheckpointStore("folder", keepLast), Throws.TypeOf<ArgumentOutOfRangeException>());

    // Whole ones are counted: with the newest damaged, the one before must not go when the next is written.
    [Test]
    public void DamagedOne_IsPassedOver_AndCountsForNone()
    {
        using var folder = new TemporaryFolder();
        var told = new List<string>();
        using var store = new CheckpointStore(folder.Path, warnings: new Direct<string>(told.Add));
        store.Write(1);
        store.Write(2);
        var damaged = store.Write(3);
        File.AppendAllText(Path.Combine(damaged, Written.Model), "x");
        using var later = new CheckpointStore(folder.Path, warnings: new Direct<string>(told.Add));
        Assert.That(Written.Step(later.Newest()!), Is.EqualTo(2));
        Assert.That(told, Has.Count.EqualTo(1));
        Assert.That(told[0], Does.Contain(Path.Combine(damaged, Written.Model)).And.Contains("SHA-256").And.Contains("000003"));
        later.Write(3);
        Assert.That(Names(folder), Is.EqualTo(new[] { "000002-step-0000002", "000003-step-0000003", "000004-step-0000003" }));
        later.Write(4);
        Assert.That(Names(folder), Is.EqualTo(new[] { "000004-step-0000003", "000005-step-0000004" }));
    }

    [Test]
    public void Newest_WhereNoneIsWhole_NamesAll()
    {
        using var folder = new TemporaryFolder();
        using var store = new CheckpointStore(folder.Path);
        File.Delete(Path.Combine(store.Write(1), Written.Model));
        File.Delete(Path.Combine(store.Write(2), CheckpointListing.Name));
        Assert.That(() => store.Newest(), Throws.TypeOf<DataFormatException>()
            .With.Message.Contains("000001-step-0000001").And.Message.Contains("000002-step-0000002"));
    }

    [Test]
    public void BestOne_Damaged_IsFollowedByTheNext()
    {
        using var folder = new TemporaryFolder();
        using var store = new CheckpointStore(folder.Path, keepLast: 3);
        File.AppendAllText(Path.Combine(store.Write(1, score: 1), Written.Model), "x");
        store.Write(2, score: 2);
        store.Write(3, score: 3);
        Assert.That(Written.Step(store.Best()!), Is.EqualTo(2));
        using var later = new CheckpointStore(folder.Path);
        later.Write(4);
        later.Write(5);
        Assert.That(Names(folder), Is.EqualTo(new[] { "000002-step-0000002", "000004-step-0000004", "000005-step-0000005" }));
    }

    [Test]
    public void Leftovers_OfCrashes_AreNeverLoadedAndGoWithTheNextWriting()
    {
        using var folder = new TemporaryFolder();
        using var store = new CheckpointStore(folder.Path);
        var path = store.Write(1);
        Directory.Move(path, folder.File(CheckpointDraft.Name));
        Directory.CreateDirectory(folder.File(CheckpointDraft.RemovingPrefix + "000000-x/deep"));
        folder.File(CheckpointDraft.RemovingPrefix + "file", "x"u8);
        Assert.That(store.Newest(), Is.Null);
        store.Write(2);
        Assert.That(Names(folder), Is.EqualTo(new[] { "000001-step-0000002" }));
    }

    [Test]
    public void FoldersOfOthers_AreLeftAlone()
    {
        using var folder = new TemporaryFolder();
        string[] others = ["000000-pictures", "best", "samples", "00001-step", "000001-a b"];
        foreach (var other in others)
            folder.File(Directory.CreateDirectory(folder.File(other)).FullName + "/picture.png", "x"u8);
        using var store = new CheckpointStore(folder.Path, warnings: new Direct<string>(Assert.Fail));
        for (var step = 1; step <= 4; step++)
            store.Write(step);
        Assert.That(Names(folder), Is.SupersetOf(others).And.Length.EqualTo(others.Length + 2));
        Assert.That(Written.Step(store.Newest()!), Is.EqualTo(4));
    }

    [Test]
    public void Write_ThatFails_LeavesNothingAndTheEarlierOnes()
    {
        using var folder = new TemporaryFolder();
        using var store = new CheckpointStore(folder.Path);
        store.Write(1);
        store.Write(2);
        var before = Names(folder);
        Assert.That(
            () => store.Write("x", [.. Written.Files(3, 10), ("last", _ => throw new IOException("full"))]),
            Throws.TypeOf<IOException>().With.Message.Contains(folder.Path).And.Message.Contains("full"));
        Assert.That(() => store.Write("x", [("a", _ => throw new FormatException("own"))]), Throws.TypeOf<FormatException>());
        Assert.That(() => store.Write("x", [("a", _ => { })]), Throws.InvalidOperationException.With.Message.Contains("empty"));
        Assert.That(Names(folder), Is.EqualTo(before));
        Assert.That(Written.Step(store.Newest()!), Is.EqualTo(2));
        store.Write(3);
        Assert.That(Written.Step(store.Newest()!), Is.EqualTo(3));
    }

    [Test]
    public void Write_WhoseFileIsShorterOnTheDisk_IsRefused()
    {
        using var folder = new TemporaryFolder();
        using var store = new CheckpointStore(folder.Path);
        Action<Stream> cutsTheOther = stream =>
        {
            stream.WriteByte(1);
            using var other = new FileStream(folder.File(Path.Combine(CheckpointDraft.Name, "a")), FileMode.Open, FileAccess.Write);
            other.SetLength(9);
        };
        Assert.That(() => store.Write("x", [("a", stream => stream.Write(new byte[10])), ("b", cutsTheOther)]), Throws.TypeOf<IOException>()
            .With.Message.Contains("the 10 bytes that were written, but has 9"));
        Assert.That(Names(folder), Is.Empty);
    }

    // Writers often close what they are given.
    [Test]
    public void Write_ByAWriterThatClosesTheStream_IsWhole()
    {
        using var folder = new TemporaryFolder();
        using var store = new CheckpointStore(folder.Path);
        store.Write("x", [("a", stream =>
        {
            using var writer = new StreamWriter(stream);
            writer.Write("text");
        })]);
        Assert.That(File.ReadAllText(store.Newest()!.File("a")), Is.EqualTo("text"));
    }

    [Test]
    public void Write_Cancelled_LeavesNothing()
    {
        using var folder = new TemporaryFolder();
        using var store = new CheckpointStore(folder.Path);
        using var source = new CancellationTokenSource();
        var pieces = 0;
        Assert.That(() => store.Write("x", [("a", stream =>
        {
            stream.Write(new byte[10]);
            source.Cancel();
            stream.Write(new byte[10]);
            pieces++;
        })], cancellationToken: source.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(pieces, Is.Zero);
        Assert.That(Names(folder), Is.Empty);
    }

    [Test]
    public void Folder_ThatCannotBe_IsFoundBeforehand()
    {
        using var folder = new TemporaryFolder();
        using var store = new CheckpointStore(Path.Combine(folder.File("file", "x"u8), "store"));
        Assert.That(store.Reserve, Throws.TypeOf<IOException>().With.Message.Contains("file"));
        Assert.That(() => store.Write(1), Throws.TypeOf<IOException>().With.Message.Contains("file"));
        Assert.That(store.Newest(), Is.Null);
    }
}
