namespace Ddpm.Tests.Core.Imaging;

/// <summary>Images whose bytes and embeddings are functions of their numbers, and who remember what they were told.</summary>
internal sealed class CountedImages(
    int count, int first = 0, IReadOnlyList<int>? labels = null, IReadOnlyList<string>? classNames = null, int embeddingWidth = 0) : IImageDataset
{
    internal List<int[]> Expected { get; } = [];

    public int Count => count;

    public ImageShape Shape { get; init; } = new(1, 2, 3);

    public IReadOnlyList<int>? Labels => labels;

    public IReadOnlyList<string>? ClassNames => classNames;

    public int EmbeddingWidth => embeddingWidth;

    public void CopyTo(int index, Span<byte> destination) => destination[..(int)Shape.Values].Fill((byte)(first + index));

    public void CopyEmbedding(int index, Span<float> destination)
    {
        for (var i = 0; i < embeddingWidth; i++)
            destination[i] = first + index + i / 8f;
    }

    public void Expect(ReadOnlySpan<int> indices) => Expected.Add(indices.ToArray());

    /// <summary>The first byte of every image.</summary>
    internal static int[] Values(IImageDataset images) => [.. Enumerable.Range(0, images.Count).Select(index =>
    {
        var image = new byte[images.Shape.Values];
        images.CopyTo(index, image);
        Assert.That(image, Is.All.EqualTo(image[0]));
        return (int)image[0];
    })];

    /// <summary>The first number of every embedding.</summary>
    internal static float[] Embeddings(IImageDataset images) => [.. Enumerable.Range(0, images.Count).Select(index =>
    {
        var embedding = new float[images.EmbeddingWidth];
        images.CopyEmbedding(index, embedding);
        return embedding[0];
    })];
}
