namespace Ddpm;

/// <summary>
/// Keeps the images of another reader in one file, decoded: they are read once, and from the file from then on, image by image, however many there
/// are. Shape, labels, class names and embeddings are kept too.
/// </summary>
/// <remarks>
/// <para>The file holds checksums of all that is in it, and the fingerprint of what it was made of (<see cref="IDatasetReader.Fingerprint"/>). One
/// that is damaged, or was made of other files or with other settings, is made anew, and <see cref="Warnings"/> is told why. Every image is checked
/// when the file is opened, and again whenever it is asked for.</para>
/// <para>The file is written under another name beside its own (<c>.NAME.partial</c>), flushed, and renamed: it is whole, or not there. It takes
/// Count · C · H · W bytes and a little more.</para>
/// </remarks>
/// <param name="inner">What reads the images where there is no file. Image folders should be lazy, so that they are never all in memory; their bad
/// files are found while the file is made.</param>
/// <param name="path">The file. Its folder is made if it is not there.</param>
public sealed class CachedReader(IDatasetReader inner, string path) : IDatasetReader
{
    private readonly IDatasetReader inner = inner ?? throw new ArgumentNullException(nameof(inner));
    private readonly string path = string.IsNullOrEmpty(path) ? throw new ArgumentException("The cache must have a path.", nameof(path)) : path;

    /// <summary>Told in a sentence why a file is made anew, and which bad files were left out; null by default.</summary>
    public IProgress<string>? Warnings { get; init; }

    /// <inheritdoc/>
    /// <returns>The images, read from the file when they are asked for. It can be disposed, which closes the file.</returns>
    /// <exception cref="InvalidOperationException">The other reader cannot tell what it reads (its fingerprint is null).</exception>
    /// <exception cref="IOException">What the other reader throws; or the file cannot be written, is being made by another process, or is
    /// something else than a cache, which is never overwritten.</exception>
    public IImageDataset Read(IProgress<ReadingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var fingerprint = Fingerprint(cancellationToken) ?? throw new InvalidOperationException(
            $"A reader whose images are kept must be able to tell what it reads, but {inner.GetType().Name}.{nameof(Fingerprint)} is null.");
        if (File.Exists(path))
        {
            try
            {
                return CachedImages.Open(path, fingerprint, isNew: false, progress, cancellationToken);
            }
            catch (DataFormatException fault) when (CacheHeader.IsCache(path))
            {
                Warnings?.Report($"The kept images are made anew: {fault.Message}");
            }
        }
        CacheWriter.Write(path, fingerprint, inner, Warnings, progress, cancellationToken);
        return CachedImages.Open(path, fingerprint, isNew: true, cancellationToken: cancellationToken);
    }

    /// <inheritdoc/>
    public string? Fingerprint(CancellationToken cancellationToken = default) => inner.Fingerprint(cancellationToken);
}
