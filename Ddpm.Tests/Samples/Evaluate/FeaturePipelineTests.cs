using Ddpm.Samples;
using static TorchSharp.torch;

namespace Ddpm.Tests.Samples.Evaluate;

public class FeaturePipelineTests
{
    private readonly TemporaryFolder folder = new();

    [OneTimeTearDown]
    public void Clean() => folder.Dispose();

    [Test]
    public void Run_OfManyBatches_KeepsTheirOrderAndAddsUpAll([Values(1, 3, 300)] int size)
    {
        const int Count = 300;
        var extractor = new CountingFeatures(_ => { });
        var told = new List<int>();
        using var features = new FeaturePipeline(extractor, folder.Path).Run(
            stop => ImageBatches.Of(Numbered(Count), Count, size, stop), Count, new(), new Told<int>(told.Add), default);
        using var read = features.Read(0, Count);
        Assert.That(read.data<float>().ToArray(), Is.EqualTo(Enumerable.Range(0, Count).SelectMany(i => new[] { i % 250f, i % 250f })));
        using var direct = new FeatureAccumulator(2);
        direct.Add(read);
        Assert.That(features.Statistics.Mean, Is.EqualTo(direct.ToStatistics().Mean));
        Assert.That(features.Statistics.Covariance, Is.EqualTo(direct.ToStatistics().Covariance));
        Assert.That(features.Parts.Select(part => part.Count), Is.EqualTo(Enumerable.Repeat<long?>(60, 5)));
        // Images 0, 5, 10, … are the first part, whatever the batches.
        Assert.That(features.Parts[0].Mean[0], Is.EqualTo(Enumerable.Range(0, 60).Average(i => 5 * i % 250)).Within(1e-9));
        Assert.That(told, Has.Count.EqualTo((Count + size - 1) / size).And.Last.EqualTo(Count));
    }

    [Test]
    public void Run_OfAnExtractorThatFails_TellsWhyAndLeavesNoFile()
    {
        var extractor = new CountingFeatures(call => Throw(call == 3));
        Assert.That(
            () => new FeaturePipeline(extractor, folder.Path).Run(stop => ImageBatches.Of(Numbered(100), 100, 4, stop), 100, new(), null, default),
            Throws.InstanceOf<InvalidDataException>().With.Message.EqualTo("the third"));
        Assert.That(Directory.GetFiles(folder.Path), Is.Empty);

        static void Throw(bool now)
        {
            if (now)
                throw new InvalidDataException("the third");
        }
    }

    [Test]
    public void Run_ThatIsCancelled_Ends()
    {
        using var stop = new CancellationTokenSource();
        var extractor = new CountingFeatures(call =>
        {
            if (call == 2)
                stop.Cancel();
        });
        Assert.That(
            () => new FeaturePipeline(extractor, folder.Path).Run(token => ImageBatches.Of(Numbered(100), 100, 4, token), 100, new(), null, stop.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Directory.GetFiles(folder.Path), Is.Empty);
    }

    // The extractor stands still until the source has had time to run ahead: it may by the batches that wait, and the ones in hand.
    [Test]
    public void Run_WithASlowExtractor_ReadsFewBatchesAhead()
    {
        var (given, ahead) = (0, 0);
        var extractor = new CountingFeatures(call =>
        {
            if (call == 1)
                Thread.Sleep(300);
            ahead = Math.Max(ahead, Volatile.Read(ref given) - call);
        });
        using var features = new FeaturePipeline(extractor, folder.Path).Run(
            stop => ImageBatches.Of(Numbered(100), 100, 2, stop).Select(Counted), 100, new(), null, default);
        Assert.That(ahead, Is.InRange(1, 5));

        Tensor Counted(Tensor batch)
        {
            Interlocked.Increment(ref given);
            return batch;
        }
    }

    [Test]
    public void Spread_OfASet_TakesEvenlySpacedImages()
    {
        const int Count = 10_000;
        using var file = new FeatureFile(folder.Path, 1);
        using (var all = arange(Count, ScalarType.Float32))
            file.Append(all.reshape(-1, 1));
        using var accumulator = new FeatureAccumulator(1);
        using (var all = file.Read(0, Count))
            accumulator.Add(all);
        using var set = new FeatureSet(file, accumulator.ToStatistics(), []);
        using var some = set.Spread(7);
        Assert.That(some.data<float>().ToArray(), Is.EqualTo(Enumerable.Range(0, 7).Select(i => (float)(i * Count / 7))));
        using var every = set.Spread(Count + 1);
        Assert.That(every.shape[0], Is.EqualTo(Count));
    }

    // Image i is of one gray, i modulo 250.
    private static ImageDataset Numbered(int count) =>
        new(new(1, 2, 2), [.. Enumerable.Range(0, count).SelectMany(i => Enumerable.Repeat((byte)(i % 250), 4))]);
}
