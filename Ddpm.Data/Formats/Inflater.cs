using System.IO.Compression;

namespace Ddpm.Formats;

/// <summary>Decompresses a raw deflate stream (RFC 1951); what cannot be decompressed is refused.</summary>
/// <param name="input">The compressed bytes; belongs to this.</param>
/// <param name="refuse">Makes the exception of a rule.</param>
internal sealed class Inflater(Stream input, Func<string, Exception?, DataFormatException> refuse) : ForwardStream
{
    private readonly DeflateStream stream = new(input, CompressionMode.Decompress);

    public override int Read(Span<byte> buffer)
    {
        // Most faults are InvalidDataException; some are an internal kind of IOException.
        try
        {
            return stream.Read(buffer);
        }
        catch (Exception error) when (error is InvalidDataException or IOException and not DataFormatException)
        {
            throw refuse("the data must decompress", error);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            stream.Dispose();
        base.Dispose(disposing);
    }
}
