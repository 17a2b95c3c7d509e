using System.IO.Compression;

namespace Ddpm;

/// <summary>The one element inside a compressed element, inflated as it is read.</summary>
internal sealed class MatInflatedInput : MatInput, IDisposable
{
    private readonly ZLibStream stream;
    private readonly long place;
    private Adler32 checksum = new();

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
        try
        {
            if (stream.ReadByte() >= 0)
                throw Refuse($"what is compressed must be one matrix of {Position} bytes, but is longer");
        }
        catch (InvalidDataException error)
        {
            throw Refuse("the data must decompress", error);
        }
        return checksum.Value;
    }

    private protected override void Fill(Span<byte> destination)
    {
        stream.ReadExactly(destination);
        checksum.Add(destination);
    }

    public void Dispose() => stream.Dispose();
}
