using System.Runtime.InteropServices;
using System.Text;

namespace Ddpm.Formats;

/// <summary>An array to be written into a file of NumPy.</summary>
/// <param name="Name">What it is called there, without the extension.</param>
/// <param name="Type">Its type as NumPy writes it, little-endian: "&lt;f8".</param>
/// <param name="Sizes">Along each axis; none: a single value.</param>
/// <param name="Values">Its bytes, the last index running fastest.</param>
internal sealed record NpzEntry(string Name, string Type, IReadOnlyList<long> Sizes, ReadOnlyMemory<byte> Values)
{
    private const int Alignment = 64, Start = 10;

    /// <summary>An array of 64-bit floating-point numbers.</summary>
    internal static NpzEntry Of(string name, double[] values, params long[] sizes) =>
        new(name, "<f8", sizes, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    /// <summary>A single whole number.</summary>
    internal static NpzEntry Of(string name, long value) => new(name, "<i8", [], BitConverter.GetBytes(value));

    /// <summary>The bytes of a text in UTF-8; NumPy's own texts take four a character.</summary>
    internal static NpzEntry OfText(string name, byte[] utf8) => new(name, "|u1", [utf8.Length], utf8);

    /// <summary>What stands before the values, padded so that they are aligned.</summary>
    internal byte[] Header()
    {
        var sizes = Sizes.Count == 1 ? $"{Sizes[0]}," : string.Join(", ", Sizes);
        var text = $"{{'descr': '{Type}', 'fortran_order': False, 'shape': ({sizes}), }}";
        text = text.PadRight((text.Length + 1 + Start + Alignment - 1) / Alignment * Alignment - Start - 1) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, (byte)(text.Length >> 8), .. Encoding.ASCII.GetBytes(text)];
    }
}
