using System.Buffers;

namespace Ddpm.Tests.Data.Imaging;

/// <summary>Images of the size that it is told, all of them the first byte of their file; PNGs of two bytes, the height and the width.</summary>
internal sealed class MadeCodec(ImageHeader header) : IImageCodec
{
    private int decoded, disposed;

    internal int Decoded => decoded;

    internal int Disposed => disposed;

    internal int? Given { get; init; }

    public ImageHeader ReadHeader(ReadOnlyMemory<byte> file) =>
        file.IsEmpty ? throw new InvalidDataException("it must have a byte.") : header;

    public IMemoryOwner<byte> Decode(ReadOnlyMemory<byte> file, ImageHeader header)
    {
        Interlocked.Increment(ref decoded);
        var bytes = new byte[Given ?? 4 * header.Width * header.Height];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = i % 4 == 3 ? (byte)255 : file.Span[0];
        return new Owner(this, bytes);
    }

    public byte[] EncodePng(Picture picture) => [(byte)picture.Height, (byte)picture.Width];

    private sealed class Owner(MadeCodec codec, byte[] bytes) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory => bytes;

        public void Dispose() => Interlocked.Increment(ref codec.disposed);
    }
}
