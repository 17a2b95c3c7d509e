namespace Ddpm.Kernels;

/// <summary>
/// The three phases of a kernel of group normalisation: sums over the pixels of each chunk; what follows from them for each image; the result of
/// each chunk.
/// </summary>
internal unsafe struct NormPhases
{
    // Waking the threads takes longer than so many values.
    private const int FewValues = 16384;

    internal NormWork Work;
    internal delegate*<NormWork*, long, int, void> Collect, Apply;
    internal delegate*<NormWork*, long, void> Combine;

    /// <summary>
    /// Runs them, image by image where there are enough images for all threads: then the last phase finds the image in the cache. The bits are the
    /// same either way.
    /// </summary>
    internal static void Run(NormPhases* phases, int threads)
    {
        var (images, chunks) = (phases->Work.Images, phases->Work.Chunks);
        if (images * phases->Work.Pixels * phases->Work.Channels < FewValues)
        {
            Whole(phases, 0, images);
            return;
        }
        if (images % threads == 0 || images >= 4 * threads)
        {
            NativeThreads.For(images, phases, &Whole);
            return;
        }
        NativeThreads.For(images * chunks, phases, &Collected);
        for (long image = 0; image < images; image++)
            phases->Combine(&phases->Work, image);
        NativeThreads.For(images * chunks, phases, &Applied);
    }

    private static void Whole(NormPhases* phases, long begin, long end)
    {
        for (var image = begin; image < end; image++)
        {
            for (var chunk = 0; chunk < phases->Work.Chunks; chunk++)
                phases->Collect(&phases->Work, image, chunk);
            phases->Combine(&phases->Work, image);
            for (var chunk = 0; chunk < phases->Work.Chunks; chunk++)
                phases->Apply(&phases->Work, image, chunk);
        }
    }

    private static void Collected(NormPhases* phases, long begin, long end)
    {
        for (var at = begin; at < end; at++)
            phases->Collect(&phases->Work, at / phases->Work.Chunks, (int)(at % phases->Work.Chunks));
    }

    private static void Applied(NormPhases* phases, long begin, long end)
    {
        for (var at = begin; at < end; at++)
            phases->Apply(&phases->Work, at / phases->Work.Chunks, (int)(at % phases->Work.Chunks));
    }
}
