using System.Threading.Channels;
using Ddpm.Evaluation;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>
/// Images become features, features become statistics and a file, all three at once: while a batch is drawn or read, the one before is looked at.
/// At most a few batches wait between two stages, so that memory does not grow with the number of images.
/// </summary>
/// <param name="extractor">Makes the features.</param>
/// <param name="folder">Where the features are kept meanwhile.</param>
internal sealed class FeaturePipeline(IFeatureExtractor extractor, string folder)
{
    private const int Waiting = 3, PartsOfSet = 5, LeastOfPart = 50, WidestOfParts = 512;

    /// <summary>Takes batches until there are no more.</summary>
    /// <param name="images">uint8 [N, C, H, W] each; they are freed here. Enumerated on a thread of its own.</param>
    /// <param name="count">How many images there will be.</param>
    /// <param name="origin">What they are.</param>
    /// <param name="progress">Told of every batch that is through: how many images by now.</param>
    /// <param name="stop">Ends it.</param>
    public FeatureSet Run(
        Func<CancellationToken, IEnumerable<Tensor>> images, int count, StatisticsOrigin origin, IProgress<int>? progress, CancellationToken stop)
    {
        using var all = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var batches = Channel.CreateBounded<Tensor>(Waiting);
        var features = Channel.CreateBounded<Tensor>(Waiting);
        var width = extractor.Space.Width;
        var parts = width <= WidestOfParts && count >= PartsOfSet * LeastOfPart ? PartsOfSet : 0;
        using var total = new FeatureAccumulator(width);
        FeatureAccumulator[] some = [.. Enumerable.Range(0, parts).Select(_ => new FeatureAccumulator(width))];
        var file = new FeatureFile(folder, width);
        try
        {
            Task[] stages =
            [
                Stage(async () =>
                {
                    foreach (var batch in images(all.Token))
                        await Give(batches, batch, all.Token);
                }, batches, all),
                Stage(async () =>
                {
                    await foreach (var batch in batches.Reader.ReadAllAsync(all.Token))
                        using (batch)
                            await Give(features, extractor.Extract(batch), all.Token);
                }, features, all),
                Stage(async () =>
                {
                    await foreach (var batch in features.Reader.ReadAllAsync(all.Token))
                        using (batch)
                        {
                            Add(batch);
                            progress?.Report(file.Count);
                        }
                }, null, all),
            ];
            Wait(stages, stop);
            return new(file, total.ToStatistics(origin), [.. some.Select(part => part.ToStatistics(origin))]);
        }
        catch
        {
            file.Dispose();
            throw;
        }
        finally
        {
            foreach (var part in some)
                part.Dispose();
            while (batches.Reader.TryRead(out var batch) || features.Reader.TryRead(out batch))
                batch.Dispose();
        }

        void Add(Tensor batch)
        {
            total.Add(batch);
            for (var part = 0; part < parts; part++)
                if (Enumerable.Range(0, (int)batch.shape[0]).Where(i => (file.Count + i) % parts == part).Select(i => (long)i).ToArray() is { Length: > 0 } rows)
                {
                    using var index = tensor(rows);
                    using var chosen = batch.index_select(0, index);
                    some[part].Add(chosen);
                }
            file.Append(batch);
        }
    }

    private static async Task Give(Channel<Tensor> to, Tensor batch, CancellationToken stop)
    {
        try
        {
            await to.Writer.WriteAsync(batch, stop);
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    // A stage that fails ends the others.
    private static Task Stage(Func<Task> work, Channel<Tensor>? output, CancellationTokenSource all) => Task.Run(async () =>
    {
        try
        {
            await work();
        }
        catch
        {
            await all.CancelAsync();
            throw;
        }
        finally
        {
            output?.Writer.TryComplete();
        }
    });

    // The fault of the stage that failed, not of those that were ended for it.
    private static void Wait(Task[] stages, CancellationToken stop)
    {
        try
        {
            Task.WaitAll(stages, CancellationToken.None);
        }
        catch (AggregateException)
        {
            stop.ThrowIfCancellationRequested();
            var fault = stages.Where(stage => stage.IsFaulted).Select(stage => stage.Exception!.InnerException!)
                .OrderBy(each => each is OperationCanceledException).First();
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(fault);
        }
    }
}
