using Ddpm.Formats;
using Ddpm.Imaging;

namespace Ddpm;

/// <summary>
/// Reads CIFAR-10 as MATLAB files (Krizhevsky 2009): 3 x 32 x 32 images, red, green and blue planes of rows, and labels 0..9. A batch may hold
/// any number of images. Batches that MATLAB, Octave or SciPy saved again are read too: N x 3072 whole numbers 0..255 and N labels, a row or a
/// column, of whatever numeric class. Class names come from batches.meta.mat, if it is there.
/// </summary>
/// <param name="folder">The folder that holds the .mat files, usually cifar-10-batches-mat.</param>
/// <param name="split">Which batches.</param>
public sealed class Cifar10MatReader(string folder, Cifar10Split split = Cifar10Split.Train) : IDatasetReader
{
    internal const int Classes = 10;
    private const string NamesFile = "batches.meta.mat", NamesVariable = "label_names";

    internal static ImageShape Shape { get; } = new(3, 32, 32);

    /// <inheritdoc/>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">Batches are missing; the message names them all.</exception>
    /// <exception cref="DataFormatException">A file is damaged, or is no batch of CIFAR-10.</exception>
    public IImageDataset Read(IProgress<ReadingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var batches = FindBatches().Select(path => new Cifar10Batch(path)).ToList();
        var count = batches.Sum(batch => (long)batch.Images);
        if (count > int.MaxValue)
            throw new DataFormatException(folder, null, $"the batches may hold {int.MaxValue} images together, but hold {count}");
        // An array for each: together they may be longer than one can be.
        var pixels = new List<byte[]>();
        var labels = new int[count];
        // Left to the collector, the buffers of five batches would lie about at once.
        byte[] buffer = [];
        var done = 0;
        var meter = new ReadingMeter(progress, (int)count);
        foreach (var batch in batches)
        {
            cancellationToken.ThrowIfCancellationRequested();
            pixels.Add(new byte[batch.Images * Shape.Values]);
            batch.Read(pixels[^1], labels.AsSpan(done, batch.Images), ref buffer);
            done += batch.Images;
            meter.Add(batch.Images);
        }
        return ImageDataset.OfBlocks(Shape, pixels, labels, ReadNames());
    }

    /// <inheritdoc/>
    public string? Fingerprint(CancellationToken cancellationToken = default)
    {
        var names = Path.Combine(folder, NamesFile);
        return SourceFingerprint.Of(
            nameof(Cifar10MatReader), File.Exists(names) ? [.. FindBatches(), names] : FindBatches(), cancellationToken: cancellationToken);
    }

    private IEnumerable<string> FindBatches()
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"There is no folder {folder} with the batches of CIFAR-10.");
        string[] names = split switch
        {
            Cifar10Split.Train => [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.mat")],
            Cifar10Split.Test => ["test_batch.mat"],
            _ => throw new ArgumentOutOfRangeException(nameof(split), split, "The split must be Train or Test."),
        };
        var missing = names.Where(name => !File.Exists(Path.Combine(folder, name))).ToList();
        if (missing.Count > 0)
            throw new FileNotFoundException($"The folder {folder} lacks {string.Join(", ", missing)}.", Path.Combine(folder, missing[0]));
        return names.Select(name => Path.Combine(folder, name));
    }

    private string[]? ReadNames()
    {
        var path = Path.Combine(folder, NamesFile);
        if (!File.Exists(path))
            return null;
        // A cell of names, or rows of one text that are filled with spaces.
        return MatFile.Read(path, [NamesVariable]).GetValueOrDefault(NamesVariable) switch
        {
            MatCellArray { Cells: { Count: Classes } cells } when cells.All(cell => cell is MatCharArray { Dimensions: [<= 1, _] }) =>
                [.. cells.Select(cell => cell.ToString()!)],
            MatCharArray { Dimensions: [Classes, _] } rows => [.. Enumerable.Range(0, Classes).Select(row => rows.Row(row).TrimEnd(' '))],
            _ => throw new DataFormatException(path, null, $"\"{NamesVariable}\" must be a cell or rows of {Classes} names"),
        };
    }
}
