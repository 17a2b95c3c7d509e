namespace Ddpm;

/// <summary>
/// Reads CIFAR-10 as MATLAB files (Krizhevsky 2009): 3 x 32 x 32 images, red, green and blue planes of rows, and labels 0..9. A batch may hold
/// any number of images. Batches that MATLAB, Octave or SciPy saved again are read too: N x 3072 whole numbers 0..255 and N labels, a row or a
/// column, of whatever numeric class. Class names come from batches.meta.mat, if it is there.
/// </summary>
/// <param name="folder">The folder that holds the .mat files, usually cifar-10-batches-mat.</param>
/// <param name="split">data_batch_1.mat to data_batch_5.mat, or test_batch.mat.</param>
public sealed class Cifar10MatReader(string folder, DatasetSplit split = DatasetSplit.Train) : IDatasetReader
{
    internal const int Classes = 10;

    /// <inheritdoc/>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">Batches are missing; the message names them all.</exception>
    /// <exception cref="DataFormatException">A file is damaged, or is no batch of CIFAR-10.</exception>
    public IImageDataset Read(IProgress<ReadingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var batches = Paths().Select(path => new CifarMatBatch(path, "labels", Classes)).ToList();
        return CifarFiles.Read(folder, batches, () => CifarNames.OfMat(Names, "label_names", Classes), progress, cancellationToken);
    }

    /// <inheritdoc/>
    public string? Fingerprint(CancellationToken cancellationToken = default) =>
        CifarFiles.Fingerprint(nameof(Cifar10MatReader), Paths(), Names, cancellationToken);

    /// <summary>The five batches to train on, or the one to test on.</summary>
    internal static string[] Files(DatasetSplit split, string extension) => split switch
    {
        DatasetSplit.Train => [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}{extension}")],
        DatasetSplit.Test => [$"test_batch{extension}"],
        _ => throw new ArgumentOutOfRangeException(nameof(split), split, "The split must be Train or Test."),
    };

    private string Names => Path.Combine(folder, "batches.meta.mat");

    private IEnumerable<string> Paths() => CifarFiles.Find(folder, "CIFAR-10", Files(split, ".mat"));
}
