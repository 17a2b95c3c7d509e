using System.Security.Cryptography;

namespace Ddpm.Formats;

/// <summary>Passes on what is written, and hashes and counts it on the way. Disposing it disposes neither the stream nor the hash.</summary>
internal sealed class HashingStream(Stream inner, IncrementalHash hash, CancellationToken cancellationToken) : Stream
{
    // Between two pieces a cancellation is seen.
    private const int Piece = 1 << 20;

    /// <summary>Bytes written so far.</summary>
    internal long Count { get; private set; }

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var piece = buffer[..Math.Min(Piece, buffer.Length)];
            inner.Write(piece);
            hash.AppendData(piece);
            Count += piece.Length;
            buffer = buffer[piece.Length..];
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
    public override void Flush() => inner.Flush();
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
