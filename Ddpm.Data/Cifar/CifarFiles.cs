using Ddpm.Formats;
using Ddpm.Imaging;

namespace Ddpm;

/// <summary>What CIFAR-10 and CIFAR-100 have in common, as MATLAB files or binary: files of 3 x 32 x 32 images in one folder.</summary>
internal static class CifarFiles
{
    internal static ImageShape Shape { get; } = new(3, 32, 32);

    /// <summary>The paths of files that must all be there.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="set">Whose files they are, for messages.</param>
    /// <param name="names">Without the folder.</param>
    internal static IEnumerable<string> Find(string folder, string set, string[] names)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"There is no folder {folder} with the files of {set}.");
        var missing = names.Where(name => !File.Exists(Path.Combine(folder, name))).ToList();
        if (missing.Count > 0)
            throw new FileNotFoundException($"The folder {folder} lacks {string.Join(", ", missing)}.", Path.Combine(folder, missing[0]));
        return names.Select(name => Path.Combine(folder, name));
    }

    /// <summary>Reads files one after another.</summary>
    /// <param name="folder">Where they are, for messages.</param>
    /// <param name="batches">The files.</param>
    /// <param name="names">Gives the classes their names; asked last.</param>
    /// <param name="progress">Told after every file.</param>
    /// <param name="cancellationToken">Looked at before every file.</param>
    internal static ImageDataset Read(
        string folder, IReadOnlyList<ICifarBatch> batches, Func<string[]?> names, IProgress<ReadingProgress>? progress,
        CancellationToken cancellationToken)
    {
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
        return ImageDataset.OfBlocks(Shape, pixels, labels, names());
    }

    /// <summary>What would be read: the files of images, and that of the names, if it is there.</summary>
    internal static string Fingerprint(string settings, IEnumerable<string> batches, string names, CancellationToken cancellationToken) =>
        SourceFingerprint.Of(settings, File.Exists(names) ? batches.Append(names) : batches, cancellationToken: cancellationToken);
}
