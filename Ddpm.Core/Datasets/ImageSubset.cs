using Ddpm.Imaging;

namespace Ddpm.Datasets;

/// <summary>Some images of a data set.</summary>
internal sealed class ImageSubset : IImageDataset
{
    private readonly IImageDataset whole;
    private readonly int[] indices;

    internal ImageSubset(IImageDataset whole, IReadOnlyList<int> indices)
    {
        ArgumentNullException.ThrowIfNull(whole);
        ArgumentNullException.ThrowIfNull(indices);
        foreach (var index in indices)
            ImageIndex.Check(index, whole.Count);
        (this.whole, this.indices) = (whole, [.. indices]);
        Labels = whole.Labels is { } labels ? Array.ConvertAll(this.indices, index => labels[index]) : null;
    }

    public int Count => indices.Length;

    public ImageShape Shape => whole.Shape;

    public IReadOnlyList<int>? Labels { get; }

    public IReadOnlyList<string>? ClassNames => whole.ClassNames;

    public int EmbeddingWidth => whole.EmbeddingWidth;

    public void CopyTo(int index, Span<byte> destination) => whole.CopyTo(Of(index), destination);

    public void CopyEmbedding(int index, Span<float> destination) => whole.CopyEmbedding(Of(index), destination);

    public void Expect(ReadOnlySpan<int> indices)
    {
        var expected = new int[indices.Length];
        for (var i = 0; i < expected.Length; i++)
            expected[i] = Of(indices[i]);
        whole.Expect(expected);
    }

    private int Of(int index)
    {
        ImageIndex.Check(index, Count);
        return indices[index];
    }
}
