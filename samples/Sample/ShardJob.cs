using System.Diagnostics;

namespace Ddpm.Samples;

/// <summary>Draws a shard of a set. Ended at any moment, the same call goes on with the first batch that is missing.</summary>
internal sealed class ShardJob(SetFolder folder, ShardPlan plan, Shard shard)
{
    /// <summary>Draws what is not there yet.</summary>
    public void Run(Diffusion diffusion, SamplingOptions sampling, CancellationToken stop)
    {
        folder.Take(plan);
        var (first, count) = plan.Images(shard);
        var work = folder.Work(shard);
        if (IsThere())
        {
            if (Directory.Exists(work))
                Directory.Delete(work, recursive: true);
            Console.WriteLine($"shard {shard} is there and whole: {count} images from {first} on");
            return;
        }
        Console.WriteLine(count == 0 ? $"shard {shard} has no images: there are fewer batches than shards"
            : $"shard {shard}: {count} images from {first} on, of {plan.Count}");
        Directory.CreateDirectory(work);
        if (count > 0)
        {
            var set = new SampleSet(work, plan.Settings, plan.Shape(), plan.Count);
            Draw(set, diffusion, sampling, stop);
            Write(set, work, stop);
        }
        SetFolder.Write(folder.Manifest(shard), new ShardManifest
        {
            Shard = shard.Number,
            FirstImage = first,
            Images = count,
            Plan = plan,
            Files =
            [
                .. plan.Files(shard).Index().Select(file =>
                    ShardFile.Of(folder.Path, file.Item, plan.Format == ShardPlan.Png ? plan.LabelOf(first + file.Index) : null)),
            ],
        }, work);
        Directory.Delete(work, recursive: true);
        SampleApp.Wrote(folder.Manifest(shard));
    }

    // A shard that was whole and is damaged is drawn again.
    private bool IsThere()
    {
        var path = folder.Manifest(shard);
        if (!File.Exists(path))
            return false;
        var fault = ShardManifest.Read(path, plan, shard).Files
            .Select(file => file.Fault(folder.Path) is { } found ? $"{file.Name} {found}" : null).FirstOrDefault(found => found is not null);
        if (fault is null)
            return true;
        SampleApp.Warnings.Report($"shard {shard} is drawn again: {fault}.");
        File.Delete(path);
        return false;
    }

    private void Draw(SampleSet set, Diffusion diffusion, SamplingOptions sampling, CancellationToken stop)
    {
        using var line = new ProgressLine("sampling");
        var maker = new SampleMaker(diffusion, set, sampling.Sampler ?? diffusion.Sampler, sampling.Guidance, plan.Settings.Seed)
            { Part = plan.Batches(shard), Progress = line };
        var isFirst = true;
        foreach (var _ in maker.Batches(stop))
        {
            if (isFirst && maker.Found > 0)
                Console.WriteLine($"{maker.Found} of them were there already");
            isFirst = false;
        }
    }

    private void Write(SampleSet set, string work, CancellationToken stop)
    {
        var (first, count) = plan.Images(shard);
        using var line = new ProgressLine("writing");
        var clock = Stopwatch.StartNew();
        if (plan.Format == ShardPlan.Npz)
            WholeFile.Write(Path.Combine(folder.Path, plan.Files(shard).Single()), stream => ImageArchive.Write(stream, count, set.Shape, to =>
            {
                var pixels = new byte[set.Shape.Values];
                for (var k = first; k < first + count; k++)
                {
                    set.CopyTo(k, pixels);
                    to.Write(ImageArchive.Interleaved(pixels, set.Shape.Channels));
                    Report(k);
                }
            }, plan.Labels(first, count)), work);
        else
        {
            Directory.CreateDirectory(folder.Images);
            for (var k = first; k < first + count; k++)
            {
                var picture = Picture.Of(set, k).EncodePng();
                WholeFile.Write(Path.Combine(folder.Path, plan.FileOf(k)), stream => stream.Write(picture), work);
                Report(k);
            }
        }

        void Report(int image)
        {
            stop.ThrowIfCancellationRequested();
            line.Report(new ReadingProgress(image - first + 1, count, clock.Elapsed));
        }
    }
}
