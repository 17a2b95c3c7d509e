using System.Diagnostics;

namespace Ddpm.Tests.Data.Folders;

/// <summary>A folder of 50,000 pictures: its memory, its speed, and how soon its reading ends.</summary>
[Category("Slow")]
public class ManyFilesTests
{
    private const int Files = 50_000, Batch = 64;
    private const long Megabyte = 1 << 20;

    private static readonly ImageShape Shape = new(3, 64, 64);
    private TemporaryFolder folder = null!;

    [OneTimeSetUp]
    public void Save()
    {
        folder = new TemporaryFolder();
        Imaging.PictureTests.Pattern(Shape).SavePng(folder.File("00000.png"));
        for (var i = 1; i < Files; i++)
            File.Copy(folder.File("00000.png"), folder.File($"{i:D5}.png"));
    }

    [OneTimeTearDown] public void Remove() => folder.Dispose();

    [Test]
    public void ALazyFolder_TakesLittleMemory_AndIsAheadOfASmallNetwork()
    {
        using var process = Process.GetCurrentProcess();
        var before = process.WorkingSet64;
        var clock = Stopwatch.StartNew();
        var images = new ImageFolderReader(folder.Path, Shape, new() { IsLazy = true }).Read();
        var read = clock.Elapsed;
        int[] order = [.. Enumerable.Range(0, Files)];
        new Random(0).Shuffle(order);
        var pixels = new byte[Shape.Values];
        clock.Restart();
        for (var i = 0; i < Files / 5; i++)
        {
            if (i % Batch == 0)
                images.Expect(order.AsSpan(i, 4 * Batch));
            images.CopyTo(order[i], pixels);
        }
        var rate = Files / 5 / clock.Elapsed.TotalSeconds;
        process.Refresh();
        var grown = (process.WorkingSet64 - before) / Megabyte;
        TestContext.Out.WriteLine($"read in {read.TotalSeconds:F1} s, {rate:F0} images/s, {grown} MB more");
        Assert.That(grown, Is.LessThan(250));
        Assert.That(rate, Is.GreaterThan(120), "A small network takes 30 to 60 images a second on two cores.");
    }

    [TestCase(true, 50), TestCase(true, 150), TestCase(false, 100), TestCase(false, 1000)]
    public void Read_Cancelled_EndsWithinASecond(bool isLazy, int milliseconds)
    {
        var clock = Stopwatch.StartNew();
        var reader = new ImageFolderReader(folder.Path, Shape, new() { IsLazy = isLazy });
        Assert.That(() => reader.Read(cancellationToken: CancelledAfter(milliseconds)), Throws.InstanceOf<OperationCanceledException>());
        TestContext.Out.WriteLine($"{clock.ElapsedMilliseconds - milliseconds} ms after that");
        Assert.That(clock.ElapsedMilliseconds - milliseconds, Is.LessThan(1000));
    }

    [Test]
    public void Fingerprint_Cancelled_EndsWithinASecond()
    {
        var clock = Stopwatch.StartNew();
        Assert.That(() => new ImageFolderReader(folder.Path, Shape).Fingerprint(CancelledAfter(10)), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(clock.Elapsed.TotalSeconds, Is.LessThan(1.01));
    }

    // By a thread of its own: a timer needs one of the pool, for which it may wait longer than the reading takes.
    private static CancellationToken CancelledAfter(int milliseconds)
    {
        var stop = new CancellationTokenSource();
        new Thread(() =>
        {
            Thread.Sleep(milliseconds);
            stop.Cancel();
        }).Start();
        return stop.Token;
    }
}
