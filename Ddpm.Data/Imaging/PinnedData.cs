using System.Runtime.InteropServices;
using SkiaSharp;

namespace Ddpm.Imaging;

/// <summary>The bytes of a file as Skia reads them, for as long as this lives; they are not copied if they lie in an array.</summary>
internal sealed class PinnedData : IDisposable
{
    private readonly GCHandle pin;

    internal PinnedData(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty || !MemoryMarshal.TryGetArray(bytes, out var array))
        {
            Data = SKData.CreateCopy(bytes.Span);
            return;
        }
        pin = GCHandle.Alloc(array.Array, GCHandleType.Pinned);
        Data = SKData.Create(pin.AddrOfPinnedObject() + array.Offset, array.Count);
    }

    internal SKData Data { get; }

    public void Dispose()
    {
        Data.Dispose();
        if (pin.IsAllocated)
            pin.Free();
    }
}
