namespace Ddpm.Formats;

/// <summary>Elements that lie in the file as they are.</summary>
internal sealed class MatStoredInput : MatInput
{
    private readonly Stream stream;

    internal MatStoredInput(string file, Stream stream, bool bigEndian)
        : base(file, bigEndian) => (this.stream, Position) = (stream, stream.Position);

    /// <summary>The file, at the position; what reads from it leaves the position to <see cref="MoveTo"/>.</summary>
    internal Stream Stream => stream;

    // Unlike setting a position, this keeps what the stream has buffered.
    internal override void Skip(long bytes)
    {
        stream.Seek(bytes, SeekOrigin.Current);
        Position += bytes;
    }

    internal void MoveTo(long position) => stream.Position = Position = position;

    private protected override void Fill(Span<byte> destination) => stream.ReadExactly(destination);
}
