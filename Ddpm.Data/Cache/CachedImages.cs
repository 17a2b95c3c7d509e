using System.IO.Hashing;
using System.Runtime.InteropServices;
using Ddpm.Formats;
using Ddpm.Imaging;

namespace Ddpm;

/// <summary>Images kept in a file, read from it when they are asked for.</summary>
internal sealed class CachedImages : IImageDataset, IDisposable
{
    private readonly RandomAccessFile file;
    private readonly CacheHeader header;
    private readonly CacheTable table;

    private CachedImages(RandomAccessFile file)
    {
        this.file = file;
        header = CacheHeader.Read(file);
        table = CacheTable.Read(file, header);
    }

    /// <inheritdoc/>
    public int Count => header.Count;

    /// <inheritdoc/>
    public ImageShape Shape => header.Shape;

    /// <inheritdoc/>
    public IReadOnlyList<int>? Labels => table.Labels;

    /// <inheritdoc/>
    public IReadOnlyList<string>? ClassNames => table.ClassNames;

    /// <inheritdoc/>
    public int EmbeddingWidth => header.EmbeddingWidth;

    /// <summary>Opens a file; unless it is new, every image in it is checked.</summary>
    /// <exception cref="DataFormatException">It is none, damaged, or made of other data.</exception>
    internal static CachedImages Open(
        string path, string fingerprint, bool isNew, IProgress<ReadingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var file = RandomAccessFile.Open(path);
        try
        {
            var images = new CachedImages(file);
            if (images.table.Fingerprint != fingerprint)
                throw new DataFormatException(
                    path, null, "it must be made of the present files with the present settings, but they have changed since");
            if (!isNew)
                images.CheckAll(progress, cancellationToken);
            return images;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="DataFormatException">The image is damaged.</exception>
    public void CopyTo(int index, Span<byte> destination)
    {
        ImageIndex.Check(index, Count);
        Read(StartOf(index), destination[..(int)Shape.Values], table.Checksums[index]);
    }

    /// <inheritdoc/>
    /// <exception cref="DataFormatException">The embedding is damaged.</exception>
    public void CopyEmbedding(int index, Span<float> destination)
    {
        if (EmbeddingWidth == 0)
            throw new NotSupportedException("This data set has no embeddings.");
        ImageIndex.Check(index, Count);
        Read(StartOf(index) + Shape.Values, MemoryMarshal.AsBytes(destination[..EmbeddingWidth]), table.OfEmbeddings[index]);
    }

    public void Dispose() => file.Dispose();

    private void CheckAll(IProgress<ReadingProgress>? progress, CancellationToken cancellationToken)
    {
        var meter = new ReadingMeter(progress, Count);
        var (image, embedding) = (new byte[Shape.Values], new float[EmbeddingWidth]);
        for (var index = 0; index < Count; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            CopyTo(index, image);
            if (EmbeddingWidth > 0)
                CopyEmbedding(index, embedding);
            meter.Add();
        }
    }

    private long StartOf(int index) => CacheHeader.Length + index * header.Record;

    private void Read(long start, Span<byte> bytes, uint expected)
    {
        file.Read(start, bytes);
        Checksum.Expect(Crc32.HashToUInt32(bytes), expected, file, start);
    }
}
