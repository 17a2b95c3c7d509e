namespace Ddpm.Formats;

/// <summary>The checksum at the end of a zlib stream (RFC 1950, section 8.2).</summary>
internal struct Adler32()
{
    private const uint Prime = 65521;
    private const int Unreduced = 5552;    // the most bytes that 32 bits take before a remainder is due
    private uint a = 1, b = 0;

    public readonly uint Value => b << 16 | a;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(Unreduced, bytes.Length)];
            foreach (var value in piece)
                b += a += value;
            (a, b) = (a % Prime, b % Prime);
            bytes = bytes[piece.Length..];
        }
    }
}
