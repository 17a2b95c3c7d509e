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

    /// <summary>
    /// A text that stays the same as long as <see cref="Read"/> would read the same: made of every setting, and of the names, lengths and times of
    /// the files. A kept copy of the data is known to be of the present data by it. null by default: the reader cannot tell.
    /// </summary>
    /// <param name="cancellationToken">Looked at between files.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="IOException">A file or folder is missing or cannot be read.</exception>
    string? Fingerprint(CancellationToken cancellationToken = default) => null;
}
