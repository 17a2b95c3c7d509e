using System.Diagnostics;

namespace Ddpm.Imaging;

/// <summary>Counts the images that a reader has read, on whatever threads, and tells after each thousandth of them.</summary>
/// <param name="progress">Who is told; null: nobody.</param>
/// <param name="total">Images in all.</param>
internal sealed class ReadingMeter(IProgress<ReadingProgress>? progress, int total)
{
    private const int Reports = 1000;
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly Lock gate = new();
    private int done;

    /// <summary>Says that images were read.</summary>
    internal void Add(int images = 1)
    {
        if (progress is null || images == 0)
            return;
        // Under the lock, so that counts are told in their order.
        lock (gate)
        {
            var before = done;
            done += images;
            if ((long)done * Reports / total > (long)before * Reports / total)
                progress.Report(new(done, total, clock.Elapsed));
        }
    }
}
