namespace Ddpm;

/// <summary>How <see cref="ImageFolderReader"/> reads.</summary>
public sealed record ImageFolderOptions
{
    /// <summary>What becomes of an image of other proportions. Its centre is kept by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is none.</exception>
    public ImageFit Fit { get; init => field = EnumArgument.Check(value, nameof(Fit), "The fit"); } = ImageFit.Crop;

    /// <summary>
    /// Whether images are decoded when they are asked for, and ahead of that where <see cref="IImageDataset.Expect"/> says which, instead of all at
    /// once into memory. No by default. At most about 32 MB of decoded images are kept.
    /// </summary>
    public bool IsLazy { get; init; }

    /// <summary>What becomes of files that should be images and are none. Refused by default.</summary>
    /// <remarks>
    /// Without <see cref="IsLazy"/> every file is decoded before anything is returned. With it only the start of every file is looked at then: its
    /// format and size. A file that turns out to be damaged when its turn comes is refused by an exception that names it, or, skipped, is reported
    /// and replaced by the next image of its class (of all, where there are no classes; after the last comes the first).
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">It is none.</exception>
    public BadFilePolicy BadFiles { get; init => field = EnumArgument.Check(value, nameof(BadFiles), "The policy"); }

    /// <summary>Files that are decoded at once, ≥ 1; the number changes no result. As many as there are processors by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    public int Threads
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Threads), value, "There must be at least 1 thread.");
    } = Environment.ProcessorCount;

    /// <summary>Decodes the files. <see cref="SkiaImageCodec"/> by default; another one may know other formats, and give other pixels.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    public IImageCodec Codec { get; init => field = value ?? throw new ArgumentNullException(nameof(Codec)); } = SkiaImageCodec.Default;

    /// <summary>
    /// Told in sentences what was left out: bad files, hidden files, files of other formats. May be called from any thread, also after
    /// <see cref="ImageFolderReader.Read"/>. null by default.
    /// </summary>
    public IProgress<string>? Warnings { get; init; }
}
