using System.Collections;
using Ddpm.Imaging;

namespace Ddpm.Datasets;

/// <summary>A data set over and over.</summary>
internal sealed class RepeatedImages : IImageDataset
{
    private readonly IImageDataset once;

    internal RepeatedImages(IImageDataset once, int times)
    {
        ArgumentNullException.ThrowIfNull(once);
        if (times < 1 || (long)times * once.Count > int.MaxValue)
            throw new ArgumentOutOfRangeException(nameof(times), times,
                $"The number of repetitions must be at least 1, and of all images at most {int.MaxValue}; there are {once.Count}.");
        (this.once, Count) = (once, times * once.Count);
        Labels = once.Labels is { } labels ? new RepeatedLabels(labels, Count) : null;
    }

    public int Count { get; }

    public ImageShape Shape => once.Shape;

    public IReadOnlyList<int>? Labels { get; }

    public IReadOnlyList<string>? ClassNames => once.ClassNames;

    public int EmbeddingWidth => once.EmbeddingWidth;

    public void CopyTo(int index, Span<byte> destination) => once.CopyTo(Of(index), destination);

    public void CopyEmbedding(int index, Span<float> destination) => once.CopyEmbedding(Of(index), destination);

    public void Expect(ReadOnlySpan<int> indices)
    {
        var expected = new int[indices.Length];
        for (var i = 0; i < expected.Length; i++)
            expected[i] = Of(indices[i]);
        once.Expect(expected);
    }

    private int Of(int index)
    {
        ImageIndex.Check(index, Count);
        return index % once.Count;
    }

    private sealed class RepeatedLabels(IReadOnlyList<int> once, int count) : IReadOnlyList<int>
    {
        public int Count => count;

        public int this[int index]
        {
            get
            {
                ImageIndex.Check(index, count);
                return once[index % once.Count];
            }
        }

        public IEnumerator<int> GetEnumerator() => Enumerable.Range(0, count).Select(index => this[index]).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
