using Ddpm.Imaging;

namespace Ddpm.Tests.Data;

public class ReadingProgressTests
{
    [Test]
    public void EveryReader_TellsOfItsImages_UpToTheLast()
    {
        using var folder = new TemporaryFolder();
        for (var i = 0; i < 7; i++)
            new Picture(new(1, 2, 2), new byte[4]).SavePng(folder.File($"images/{i}.png"));
        var shape = new ImageShape(1, 2, 2);
        foreach (var (reader, count) in new (IDatasetReader, int)[]
        {
            (new ShapesReader(5), 5),
            (new ImageFolderReader(folder.File("images"), shape), 7),
            (new ImageFolderReader(folder.File("images"), shape, new() { IsLazy = true }), 7),
            (new Cifar10MatReader(Recordings.Own("cases/mat/list-int64-row")), 0),
        })
        {
            var told = new List<ReadingProgress>();
            var data = reader.Read(new Direct<ReadingProgress>(told.Add));
            var total = count > 0 ? count : data.Count;
            Assert.That(told.Select(progress => progress.Done), Is.Ordered.Ascending.And.All.InRange(1, total), $"{reader.GetType().Name}");
            Assert.That(told.Select(progress => progress.Total), Is.All.EqualTo(total));
            Assert.That((told[^1].Done, told[^1].Remaining), Is.EqualTo((total, TimeSpan.Zero)));
        }
    }

    [Test]
    public void Remaining_IsWhatTheRestTakesAtThatRate()
    {
        var progress = new ReadingProgress(20, 100, TimeSpan.FromSeconds(4));
        Assert.That((progress.ImagesPerSecond, progress.Remaining), Is.EqualTo((5.0, TimeSpan.FromSeconds(16))));
    }

    [Test]
    public void Meter_OfManyImages_TellsAThousandTimes()
    {
        var told = new List<int>();
        var meter = new ReadingMeter(new Direct<ReadingProgress>(progress => told.Add(progress.Done)), 50_000);
        Parallel.For(0, 50_000, _ => meter.Add());
        Assert.That(told, Has.Count.EqualTo(1000).And.Ordered.And.Unique);
        Assert.That(told[^1], Is.EqualTo(50_000));
        Assert.That(() => new ReadingMeter(new Direct<ReadingProgress>(_ => { }), 0).Add(0), Throws.Nothing);
    }
}
