namespace Ddpm.Formats;

/// <summary>A stretch of a file as a stream of its own, read forward: what decodes it cannot run into what follows.</summary>
internal sealed class BoundedStream(Stream inner, long length) : ForwardStream
{
    private long left = length;

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer[..(int)Math.Min(buffer.Length, left)]);
        left -= read;
        return read;
    }
}
