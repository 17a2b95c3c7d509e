namespace Ddpm;

/// <summary>Images of one shape, as bytes until the last moment, read by index.</summary>
public interface IImageDataset
{
    /// <summary>Number of images.</summary>
    int Count { get; }

    /// <summary>C, H and W of every image.</summary>
    ImageShape Shape { get; }

    /// <summary>The class of every image, 0-based; null where there are none.</summary>
    IReadOnlyList<int>? Labels { get; }

    /// <summary>The name of every class, by label; null where they are not known.</summary>
    IReadOnlyList<string>? ClassNames { get; }

    /// <summary>Copies one image: C planes of H rows of W bytes, 0 to 255.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <param name="destination">C · H · W bytes.</param>
    void CopyTo(int index, Span<byte> destination);

    /// <summary>
    /// Says which images will be asked for next, in this order, in place of what was said before. A data set that loads its images one by one may
    /// load these ahead. Nothing by default: one in memory has them already.
    /// </summary>
    /// <param name="indices">Each in 0..<see cref="Count"/> - 1; one may come more than once. There may be more than are loaded ahead.</param>
    void Expect(ReadOnlySpan<int> indices)
    {
    }

    /// <summary>Width of the embedding that every image has, for networks that take one; 0 by default: there are none.</summary>
    int EmbeddingWidth => 0;

    /// <summary>Copies the embedding of one image.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <param name="destination"><see cref="EmbeddingWidth"/> numbers.</param>
    /// <exception cref="NotSupportedException">There are none.</exception>
    void CopyEmbedding(int index, Span<float> destination) => throw new NotSupportedException("This data set has no embeddings.");
}
