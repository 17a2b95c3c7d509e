using System.Globalization;

namespace Ddpm.Samples;

/// <summary>
/// Drawn images on the disk, a file a batch, in a folder that is named after what they follow from: a run that was ended goes on with the first
/// missing batch, and other settings never mix with these.
/// </summary>
internal sealed class SampleSet : IImageDataset
{
    private const int NameDigits = 16;

    private readonly SampleChunk chunk;
    private readonly int batch;
    private readonly Lock reading = new();
    private (int Index, byte[] Images) last = (-1, []);

    /// <summary>Finds or makes the folder.</summary>
    /// <param name="work">The folder of all sets.</param>
    /// <param name="settings">What the images follow from.</param>
    /// <param name="shape">C, H, W.</param>
    /// <param name="count">How many images are wanted.</param>
    /// <param name="classNames">The names of the classes; null: not known.</param>
    public SampleSet(string work, SampleSettings settings, ImageShape shape, int count, IReadOnlyList<string>? classNames = null)
    {
        var fingerprint = settings.Fingerprint();
        (Shape, Count, ClassNames, batch) = (shape, count, classNames, settings.BatchSize);
        chunk = new(fingerprint, shape, batch);
        Folder = Path.Combine(work, fingerprint[..NameDigits]);
        Others = Directory.Exists(work) ? [.. Directory.GetDirectories(work).Where(folder => folder != Folder)] : [];
        Labels = settings.Classes > 0 ? [.. Enumerable.Range(0, count).Select(k => k % settings.Classes)] : null;
        Directory.CreateDirectory(Folder);
        // For whoever wonders what is in the folder; the files of images say themselves what they are of.
        TextFile.Write(Path.Combine(Folder, "settings.json"), settings.Json() + "\n");
    }

    public string Folder { get; }

    /// <summary>Folders of sets with other settings.</summary>
    public IReadOnlyList<string> Others { get; }

    public int Count { get; }

    public ImageShape Shape { get; }

    public IReadOnlyList<int>? Labels { get; }

    public IReadOnlyList<string>? ClassNames { get; }

    /// <summary>How many batches the images make; the last one is whole too, so that a larger set can go on after it.</summary>
    public int Chunks => (Count + batch - 1) / batch;

    /// <summary>How many images a batch has.</summary>
    public int BatchSize => batch;

    /// <summary>Whether there is a file of a batch; only <see cref="Read"/> tells whether it is whole.</summary>
    public bool IsThere(int index) => File.Exists(PathOf(index));

    /// <summary>A batch, if it is there and whole.</summary>
    public byte[]? Read(int index) => chunk.Read(PathOf(index), (long)index * batch);

    public void Write(int index, byte[] images) => chunk.Write(PathOf(index), (long)index * batch, images);

    public void CopyTo(int index, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        var size = (int)Shape.Values;
        lock (reading)
        {
            if (last.Index != index / batch)
                last = (index / batch, Read(index / batch) ?? throw new InvalidDataException(
                    $"{PathOf(index / batch)} must hold images {index / batch * batch} and following, but is missing or was changed meanwhile."));
            last.Images.AsSpan(index % batch * size, size).CopyTo(destination);
        }
    }

    private string PathOf(int index) => Path.Combine(Folder, index.ToString("D6", CultureInfo.InvariantCulture) + ".images");
}
