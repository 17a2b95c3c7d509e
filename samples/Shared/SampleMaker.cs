using System.Diagnostics;

namespace Ddpm.Samples;

/// <summary>Draws the batches of a set that are not there yet.</summary>
internal sealed class SampleMaker(Diffusion diffusion, SampleSet set, ISampler sampler, Guidance? guidance, ulong seed)
{
    /// <summary>Who wants to know how far it is: of what was missing.</summary>
    public IProgress<SamplingProgress>? Progress { get; init; }

    /// <summary>Which of the set's batches; all by default.</summary>
    public Range Part { get; init; } = Range.All;

    /// <summary>Images that were there already.</summary>
    public int Found { get; private set; }

    /// <summary>The batches in order: [count, C, H, W] as bytes. Those drawn are on the disk before they are given on.</summary>
    public IEnumerable<byte[]> Batches(CancellationToken stop)
    {
        var (from, batches) = Part.GetOffsetAndLength(set.Chunks);
        var missing = Enumerable.Range(from, batches).Where(index => !set.IsThere(index)).ToHashSet();
        Found = Math.Min(set.Count - from * set.BatchSize, (batches - missing.Count) * set.BatchSize);
        var (clock, drawn) = (Stopwatch.StartNew(), 0);
        for (var index = from; index < from + batches; index++)
        {
            stop.ThrowIfCancellationRequested();
            if ((missing.Contains(index) ? null : set.Read(index)) is not { } images)
            {
                images = Draw(index, new Counted(this, clock, drawn++, Math.Max(missing.Count, drawn)), stop);
                set.Write(index, images);
            }
            yield return images;
        }
    }

    private byte[] Draw(int index, IProgress<SamplingProgress> progress, CancellationToken stop)
    {
        var first = (long)index * set.BatchSize;
        var classes = diffusion.Denoiser.Traits.Classes ?? 0;
        using var images = diffusion.Sample(set.BatchSize, new SamplingOptions
        {
            // Image k follows from the seed and k, wherever a run was ended.
            Seed = seed,
            FirstImage = first,
            BatchSize = set.BatchSize,
            Sampler = sampler,
            Guidance = guidance,
            Labels = classes > 0 ? [.. Enumerable.Range(0, set.BatchSize).Select(i => (int)((first + i) % classes))] : null,
        }, progress, cancellationToken: stop);
        return Pixels.ToArray(images);
    }

    private sealed class Counted(SampleMaker maker, Stopwatch clock, int before, int batches) : IProgress<SamplingProgress>
    {
        public void Report(SamplingProgress value) => maker.Progress?.Report(new(
            before * value.Steps + value.Step, batches * value.Steps, before * maker.Size + value.Images, clock.Elapsed));
    }

    private int Size => set.BatchSize;
}
