using System.IO.Compression;
using System.IO.Hashing;

namespace Ddpm.Formats;

/// <summary>The one element inside a compressed element, inflated as it is read.</summary>
internal sealed class MatInflatedInput : MatInput, IDisposable
{
    private readonly ZLibStream stream;
    private readonly long place;
    private readonly Adler32 checksum = new();

    internal MatInflatedInput(string file, MatStoredInput outer, long length) : base(file, outer.BigEndian)
    {
        place = outer.Position;
        stream = new ZLibStream(new BoundedStream(outer.Stream, length), CompressionMode.Decompress);
    }

    private protected override long Place => place;

    internal override void Skip(long bytes)
    {
        Span<byte> buffer = stackalloc byte[4096];
        for (; bytes > 0; bytes -= Math.Min(bytes, buffer.Length))
            Read(buffer[..(int)Math.Min(bytes, buffer.Length)]);
    }

    /// <summary>Checks that nothing is left, and says the checksum of all that was inflated.</summary>
    internal uint Finish()
    {
        if (Inflate(stackalloc byte[1]) > 0)
            throw Refuse($"what is compressed must be one matrix of {Position} bytes, but is longer");
        return checksum.GetCurrentHashAsUInt32();
    }

    private protected override void Fill(Span<byte> destination)
    {
        if (Inflate(destination) < destination.Length)
            throw new EndOfStreamException();
        checksum.Append(destination);
    }

    // Most faults are InvalidDataException; some, such as a dictionary that is asked for, are an internal kind of IOException.
    private int Inflate(Span<byte> destination)
    {
        try
        {
            return stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
        }
        catch (Exception error) when (error is InvalidDataException or IOException)
        {
            throw Refuse("the data must decompress", error);
        }
    }

    public void Dispose() => stream.Dispose();
}
