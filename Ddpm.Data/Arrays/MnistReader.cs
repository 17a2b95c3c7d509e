using System.Globalization;

namespace Ddpm;

/// <summary>
/// Reads MNIST (LeCun et al. 1998) or a set of the same files, such as Fashion-MNIST and KMNIST: 1 x 28 x 28 images and labels 0..9, whose names are
/// their digits. The four files may be in gzip or not, and be named with "-idx" or ".idx".
/// </summary>
/// <param name="folder">The folder that holds train-images-idx3-ubyte and its like.</param>
/// <param name="split">The files that begin with train, or those that begin with t10k.</param>
/// <param name="margin">
/// Rows and columns of 0 (black) that every image gets on each side, up to half of its shorter edge: 2 makes 28 x 28 a 32 x 32, which networks can
/// halve more often.
/// </param>
public sealed class MnistReader(string folder, DatasetSplit split = DatasetSplit.Train, int margin = 0) : IDatasetReader
{
    private const int Classes = 10;

    /// <inheritdoc/>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="DataFormatException">A file is damaged, or does not hold images or labels.</exception>
    public IImageDataset Read(IProgress<ReadingProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Files().Read(progress, cancellationToken);

    /// <inheritdoc/>
    public string? Fingerprint(CancellationToken cancellationToken = default) => Files().Fingerprint(cancellationToken);

    private IdxReader Files()
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"There is no folder {folder} with the files of MNIST.");
        var names = Enumerable.Range(0, Classes).Select(digit => digit.ToString(CultureInfo.InvariantCulture)).ToArray();
        return new IdxReader(Find("images", "idx3-ubyte"), Find("labels", "idx1-ubyte"), names, margin);
    }

    private string Find(string content, string kind)
    {
        var name = split switch
        {
            DatasetSplit.Train => "train-" + content,
            DatasetSplit.Test => "t10k-" + content,
            _ => throw new InvalidOperationException($"The split must be Train or Test, but is {split}."),
        };
        string[] candidates = [$"{name}-{kind}", $"{name}-{kind}.gz", $"{name}.{kind}", $"{name}.{kind}.gz"];
        return candidates.Select(each => Path.Combine(folder, each)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"The folder {folder} lacks {candidates[0]}, also as .gz.", Path.Combine(folder, candidates[0]));
    }
}
