using Ddpm.Imaging;

namespace Ddpm.Datasets;

/// <summary>Two data sets as one.</summary>
internal sealed class ConcatenatedImages : IImageDataset
{
    private readonly IImageDataset first, second;

    internal ConcatenatedImages(IImageDataset first, IImageDataset second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        (this.first, this.second) = (first, second);
        if (first.Shape != second.Shape)
            throw Refuse("be of one shape", $"are of {first.Shape} and {second.Shape}");
        if (first.Labels is null != second.Labels is null)
            throw Refuse("all have labels, or none", $"only those of the {(first.Labels is null ? "second" : "first")} data set have them");
        if (ClassNameDifference.Of(first.ClassNames, second.ClassNames) is { } difference)
            throw Refuse("have the same class names", difference);
        if (first.EmbeddingWidth != second.EmbeddingWidth)
            throw Refuse("have embeddings of one width", $"have {first.EmbeddingWidth} and {second.EmbeddingWidth} numbers");
        if ((long)first.Count + second.Count > int.MaxValue)
            throw Refuse($"be at most {int.MaxValue}", $"are {(long)first.Count + second.Count}");
        Labels = first.Labels is { } labels ? [.. labels, .. second.Labels!] : null;
    }

    public int Count => first.Count + second.Count;

    public ImageShape Shape => first.Shape;

    public IReadOnlyList<int>? Labels { get; }

    public IReadOnlyList<string>? ClassNames => first.ClassNames;

    public int EmbeddingWidth => first.EmbeddingWidth;

    public void CopyTo(int index, Span<byte> destination)
    {
        var (part, its) = Of(index);
        part.CopyTo(its, destination);
    }

    public void CopyEmbedding(int index, Span<float> destination)
    {
        var (part, its) = Of(index);
        part.CopyEmbedding(its, destination);
    }

    // Each is told its own, in their order; the one of which none is expected is told so.
    public void Expect(ReadOnlySpan<int> indices)
    {
        var (ofFirst, ofSecond) = (new List<int>(), new List<int>());
        foreach (var index in indices)
        {
            var (part, its) = Of(index);
            (index < first.Count ? ofFirst : ofSecond).Add(its);
        }
        first.Expect(ofFirst.ToArray());
        second.Expect(ofSecond.ToArray());
    }

    private (IImageDataset Part, int Index) Of(int index)
    {
        ImageIndex.Check(index, Count);
        return index < first.Count ? (first, index) : (second, index - first.Count);
    }

    private static ArgumentException Refuse(string rule, string found) => new($"Images of two data sets that become one must {rule}, but {found}.");
}
