using System.Collections.Concurrent;
using Ddpm.Imaging;

namespace Ddpm;

/// <summary>Image files that are decoded when they are asked for, or ahead of that.</summary>
internal sealed class LazyImages : IImageDataset
{
    // So many damaged ones in a row are no single files any more, but a disk that is gone.
    private const int MostReplacements = 100;

    private readonly FolderFiles files;
    private readonly ImageFolderOptions options;
    private readonly ImagesAhead ahead;
    private readonly PixelBudget budget = new();
    private readonly ConcurrentDictionary<int, bool> reported = new();

    internal LazyImages(FolderFiles files, ImageShape shape, ImageFolderOptions options)
    {
        (this.files, Shape, this.options) = (files, shape, options);
        ahead = new((int)shape.Values, options.Threads, Load);
    }

    /// <inheritdoc/>
    public int Count => files.Paths.Count;

    /// <inheritdoc/>
    public ImageShape Shape { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int>? Labels => files.Labels;

    /// <inheritdoc/>
    public IReadOnlyList<string>? ClassNames => files.ClassNames;

    /// <summary>What becomes of files that are damaged.</summary>
    internal BadFilePolicy Policy => options.BadFiles;

    /// <inheritdoc/>
    /// <exception cref="DataFormatException">The file is damaged; with <see cref="BadFilePolicy.Skip"/>, the next 99 of its class are
    /// too.</exception>
    public void CopyTo(int index, Span<byte> destination)
    {
        ImageIndex.Check(index, Count);
        ahead.CopyTo(index, destination);
    }

    /// <inheritdoc/>
    public void Expect(ReadOnlySpan<int> indices)
    {
        foreach (var index in indices)
            ImageIndex.Check(index, Count);
        ahead.Expect(indices);
    }

    /// <summary>The same files without replacements: a damaged one is an exception.</summary>
    internal LazyImages Strict() => new(files, Shape, options with { BadFiles = BadFilePolicy.Refuse });

    // Which image takes the place of a damaged one depends on the files alone.
    private void Load(int index, Memory<byte> destination)
    {
        DataFormatException? first = null;
        foreach (var candidate in Candidates(index).Take(MostReplacements))
            try
            {
                ImageFile.Load(files.Paths[candidate], destination, Shape, options.Fit, options.Codec, budget, CancellationToken.None);
                return;
            }
            catch (DataFormatException fault) when (options.BadFiles == BadFilePolicy.Skip)
            {
                first ??= fault;
                if (reported.TryAdd(candidate, true))
                    options.Warnings?.Report($"{fault.Message} Another image takes its place.");
            }
        throw first!;
    }

    private IEnumerable<int> Candidates(int index) => Enumerable.Range(0, Count).Select(i => (int)(((long)index + i) % Count))
        .Where(candidate => Labels is null || Labels[candidate] == Labels[index]);
}
