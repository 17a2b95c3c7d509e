using System.IO.Hashing;
using System.Runtime.InteropServices;
using Ddpm.Formats;
using Ddpm.Imaging;

namespace Ddpm;

/// <summary>Makes a file of kept images.</summary>
internal sealed class CacheWriter
{
    // Images told ahead, and how often: they are decoded on other threads while one writes.
    private const int Ahead = 1024, Every = 256, BufferBytes = 1 << 20;

    private readonly IImageDataset images;
    private readonly List<int> written = [];
    private readonly List<uint> checksums = [], ofEmbeddings = [];
    private readonly List<DataFormatException> bad = [];

    private CacheWriter(IImageDataset images) => this.images = images;

    /// <summary>Reads, and writes beside the path; renames when all is on the disk. If anything fails, nothing is left.</summary>
    internal static void Write(
        string path, string fingerprint, IDatasetReader reader, IProgress<string>? warnings, IProgress<ReadingProgress>? progress,
        CancellationToken cancellationToken)
    {
        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(full) ?? throw new ArgumentException($"{path} names no file.", nameof(path));
        Directory.CreateDirectory(folder);
        var partial = Path.Combine(folder, $".{Path.GetFileName(full)}.partial");
        // Open before anything is read: a disk that cannot be written should not cost an hour. Another process that makes the file keeps it locked.
        using (var stream = new FileStream(partial, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, BufferBytes))
            try
            {
                stream.SetLength(0);
                var images = reader.Read(progress, cancellationToken);
                using var owned = images as IDisposable;
                new CacheWriter(images is LazyImages lazy ? lazy.Strict() : images)
                    .Write(stream, fingerprint, faults => Judge(path, images, faults, warnings), progress, cancellationToken);
                stream.Flush(flushToDisk: true);
                if (reader.Fingerprint(cancellationToken) != fingerprint)
                    throw new IOException($"The files that {path} is made of must stay as they are meanwhile, but were changed.");
            }
            catch
            {
                stream.Dispose();
                File.Delete(partial);
                throw;
            }
        File.Move(partial, full, overwrite: true);
    }

    private static void Judge(string path, IImageDataset images, List<DataFormatException> faults, IProgress<string>? warnings)
    {
        if (images is not LazyImages { Policy: BadFilePolicy.Skip } || faults.Count == images.Count)
            throw BadFiles.Exception(path, faults, images.Count);
        warnings?.Report($"{BadFiles.Sentence(faults, images.Count)}. They are left out.");
    }

    private void Write(
        FileStream stream, string fingerprint, Action<List<DataFormatException>> judge, IProgress<ReadingProgress>? progress,
        CancellationToken cancellationToken)
    {
        stream.Position = CacheHeader.Length;
        WriteImages(stream, progress, cancellationToken);
        if (bad.Count > 0)
            judge(bad);
        int[]? labels = images.Labels is { } all ? [.. written.Select(index => all[index])] : null;
        var table = new CacheTable(fingerprint, images.ClassNames, labels, checksums, ofEmbeddings).ToBytes();
        stream.Write(table);
        stream.Position = 0;
        stream.Write(new CacheHeader(images.Shape, written.Count, images.EmbeddingWidth, table.Length, Crc32.HashToUInt32(table)).ToBytes());
    }

    private void WriteImages(FileStream stream, IProgress<ReadingProgress>? progress, CancellationToken cancellationToken)
    {
        var meter = new ReadingMeter(progress, images.Count);
        var (pixels, embedding) = (new byte[images.Shape.Values], new float[images.EmbeddingWidth]);
        for (var index = 0; index < images.Count; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (index % Every == 0)
                images.Expect([.. Enumerable.Range(index, Math.Min(Ahead, images.Count - index))]);
            try
            {
                images.CopyTo(index, pixels);
            }
            catch (DataFormatException fault) when (images is LazyImages)
            {
                bad.Add(fault);
                continue;
            }
            written.Add(index);
            checksums.Add(Crc32.HashToUInt32(pixels));
            stream.Write(pixels);
            if (embedding.Length > 0)
            {
                images.CopyEmbedding(index, embedding);
                var bytes = MemoryMarshal.AsBytes(embedding.AsSpan());
                ofEmbeddings.Add(Crc32.HashToUInt32(bytes));
                stream.Write(bytes);
            }
            meter.Add();
        }
    }
}
