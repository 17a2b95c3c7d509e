namespace Ddpm;

/// <summary>
/// Reads CIFAR-100 in its binary version (Krizhevsky 2009): 3 x 32 x 32 images, red, green and blue planes of rows, and labels 0..99 or 0..19. Class
/// names come from fine_label_names.txt or coarse_label_names.txt, if it is there.
/// </summary>
/// <param name="folder">The folder that holds the .bin files, usually cifar-100-binary.</param>
/// <param name="split">train.bin or test.bin.</param>
/// <param name="labels">Which of an image's two classes is its label.</param>
public sealed class Cifar100BinaryReader(string folder, DatasetSplit split = DatasetSplit.Train, Cifar100Labels labels = Cifar100Labels.Fine)
    : IDatasetReader
{
    /// <inheritdoc/>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The file is missing.</exception>
    /// <exception cref="DataFormatException">A file is damaged, or is none of CIFAR-100.</exception>
    public IImageDataset Read(IProgress<ReadingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var (kind, classes) = Cifar100MatReader.Kind(labels);
        // The coarse label comes first.
        var label = labels == Cifar100Labels.Coarse ? 0 : 1;
        var batches = Paths().Select(path => new CifarBinaryBatch(path, labelBytes: 2, label, classes)).ToList();
        return CifarFiles.Read(folder, batches, () => CifarNames.OfText(Names(kind), classes), progress, cancellationToken);
    }

    /// <inheritdoc/>
    public string? Fingerprint(CancellationToken cancellationToken = default) => CifarFiles.Fingerprint(
        $"{nameof(Cifar100BinaryReader)} {labels}", Paths(), Names(Cifar100MatReader.Kind(labels).Name), cancellationToken);

    private string Names(string kind) => Path.Combine(folder, $"{kind}_label_names.txt");

    private IEnumerable<string> Paths() => CifarFiles.Find(folder, "CIFAR-100", [Cifar100MatReader.File(split) + ".bin"]);
}
