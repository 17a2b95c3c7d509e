using Ddpm.Tests.Core.Imaging;

namespace Ddpm.Tests.Data.Cache;

/// <summary>A reader of images that need no files, which counts its readings.</summary>
internal sealed class MadeReader(CountedImages images, string? fingerprint = "1") : IDatasetReader
{
    internal int Readings { get; private set; }

    internal Action WhileReading { get; init; } = () => { };

    internal string? Print { get; set; } = fingerprint;

    public IImageDataset Read(IProgress<ReadingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        Readings++;
        WhileReading();
        return images;
    }

    public string? Fingerprint(CancellationToken cancellationToken = default) => Print;
}
