namespace Ddpm;

/// <summary>
/// Reads CIFAR-10 in its binary version (Krizhevsky 2009): 3 x 32 x 32 images, red, green and blue planes of rows, and labels 0..9. A batch may hold
/// any number of images. Class names come from batches.meta.txt, if it is there.
/// </summary>
/// <param name="folder">The folder that holds the .bin files, usually cifar-10-batches-bin.</param>
/// <param name="split">data_batch_1.bin to data_batch_5.bin, or test_batch.bin.</param>
public sealed class Cifar10BinaryReader(string folder, DatasetSplit split = DatasetSplit.Train) : IDatasetReader
{
    /// <inheritdoc/>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">Batches are missing; the message names them all.</exception>
    /// <exception cref="DataFormatException">A file is damaged, or is no batch of CIFAR-10.</exception>
    public IImageDataset Read(IProgress<ReadingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var batches = Paths().Select(path => new CifarBinaryBatch(path, labelBytes: 1, label: 0, Cifar10MatReader.Classes)).ToList();
        return CifarFiles.Read(folder, batches, () => CifarNames.OfText(Names, Cifar10MatReader.Classes), progress, cancellationToken);
    }

    /// <inheritdoc/>
    public string? Fingerprint(CancellationToken cancellationToken = default) =>
        CifarFiles.Fingerprint(nameof(Cifar10BinaryReader), Paths(), Names, cancellationToken);

    private string Names => Path.Combine(folder, "batches.meta.txt");

    private IEnumerable<string> Paths() => CifarFiles.Find(folder, "CIFAR-10", Cifar10MatReader.Files(split, ".bin"));
}
