using System.Buffers;
using SkiaSharp;

namespace Ddpm.Imaging;

/// <summary>Pixels in native memory, which is given back at once: large arrays would wait for the collector.</summary>
internal sealed class BitmapMemory(SKImageInfo info) : MemoryManager<byte>
{
    private readonly SKBitmap bitmap = new(info);

    public override Span<byte> GetSpan() => bitmap.GetPixelSpan();

    public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException("Nobody needs these pixels' address.");

    public override void Unpin() => throw new NotSupportedException("Nothing is pinned.");

    /// <summary>Decodes into it.</summary>
    internal SKCodecResult Read(SKCodec codec) => codec.GetPixels(bitmap.Info, bitmap.GetPixels());

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            bitmap.Dispose();
    }
}
