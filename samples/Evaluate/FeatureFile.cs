using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>Features of many images on the disk, so that memory holds only the block that is looked at. The file goes away with this.</summary>
internal sealed class FeatureFile : IDisposable
{
    private readonly FileStream stream;
    private readonly int width;

    /// <param name="folder">Where the file is put.</param>
    /// <param name="width">D.</param>
    public FeatureFile(string folder, int width)
    {
        this.width = width;
        stream = new(Path.Combine(folder, $".{Guid.NewGuid():N}.features"), new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose,
        });
    }

    /// <summary>N so far.</summary>
    public int Count { get; private set; }

    private long RowBytes => (long)width * sizeof(float);

    /// <summary>Adds features, float32 [N, D] on the CPU.</summary>
    public void Append(Tensor features)
    {
        using var dense = features.contiguous();
        stream.Seek(0, SeekOrigin.End);
        stream.Write(dense.bytes);
        GC.KeepAlive(dense);
        Count += (int)features.shape[0];
    }

    /// <summary>Some of the features, float32 [count, D]; the caller owns them.</summary>
    public Tensor Read(int first, int count)
    {
        var values = new float[checked(count * width)];
        RandomAccessRead(first * RowBytes, MemoryMarshal.AsBytes(values.AsSpan()));
        return tensor(values, [count, width]);
    }

    public void Dispose() => stream.Dispose();

    private void RandomAccessRead(long offset, Span<byte> into)
    {
        stream.Flush();
        for (var done = 0; done < into.Length;)
            done += RandomAccess.Read(stream.SafeFileHandle, into[done..], offset + done) is > 0 and var read
                ? read
                : throw new EndOfStreamException($"{stream.Name} ends before byte {offset + into.Length}.");
    }
}
