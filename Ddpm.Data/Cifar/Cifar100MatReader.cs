namespace Ddpm;

/// <summary>
/// Reads CIFAR-100 as MATLAB files (Krizhevsky 2009): 3 x 32 x 32 images, red, green and blue planes of rows, and labels 0..99 or 0..19. Files that
/// MATLAB, Octave or SciPy saved again are read too, as <see cref="Cifar10MatReader"/> does. Class names come from meta.mat, if it is there.
/// </summary>
/// <param name="folder">The folder that holds the .mat files, usually cifar-100-matlab.</param>
/// <param name="split">train.mat or test.mat.</param>
/// <param name="labels">Which of an image's two classes is its label.</param>
public sealed class Cifar100MatReader(string folder, DatasetSplit split = DatasetSplit.Train, Cifar100Labels labels = Cifar100Labels.Fine)
    : IDatasetReader
{
    /// <inheritdoc/>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The file is missing.</exception>
    /// <exception cref="DataFormatException">A file is damaged, or is none of CIFAR-100.</exception>
    public IImageDataset Read(IProgress<ReadingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var (kind, classes) = Kind(labels);
        var batches = Paths().Select(path => new CifarMatBatch(path, $"{kind}_labels", classes)).ToList();
        return CifarFiles.Read(folder, batches, () => CifarNames.OfMat(Names, $"{kind}_label_names", classes), progress, cancellationToken);
    }

    /// <inheritdoc/>
    public string? Fingerprint(CancellationToken cancellationToken = default) =>
        CifarFiles.Fingerprint($"{nameof(Cifar100MatReader)} {labels}", Paths(), Names, cancellationToken);

    internal static string File(DatasetSplit split) => split switch
    {
        DatasetSplit.Train => "train",
        DatasetSplit.Test => "test",
        _ => throw new ArgumentOutOfRangeException(nameof(split), split, "The split must be Train or Test."),
    };

    internal static (string Name, int Classes) Kind(Cifar100Labels labels) => labels switch
    {
        Cifar100Labels.Fine => ("fine", 100),
        Cifar100Labels.Coarse => ("coarse", 20),
        _ => throw new ArgumentOutOfRangeException(nameof(labels), labels, "The labels must be Fine or Coarse."),
    };

    private string Names => Path.Combine(folder, "meta.mat");

    private IEnumerable<string> Paths() => CifarFiles.Find(folder, "CIFAR-100", [File(split) + ".mat"]);
}
