namespace Ddpm;

/// <summary>Reads a data set from wherever it lies: files, a database, a generator.</summary>
public interface IDatasetReader
{
    /// <summary>Reads everything that <see cref="IImageDataset"/> answers from.</summary>
    /// <param name="progress">Told now and then, and when the last image is read.</param>
    /// <param name="cancellationToken">Looked at between images or files.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="IOException">A file is missing, cannot be read or is damaged; the message names it and the rule it breaks.</exception>
    IImageDataset Read(IProgress<ReadingProgress>? progress = null, CancellationToken cancellationToken = default);
}
