using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Ddpm.Formats;

/// <summary>An array in a file: its form is known, its values are read forward.</summary>
/// <param name="file">Path of the file.</param>
/// <param name="name">Which of its arrays; "" where there is one.</param>
/// <param name="place">Where the array begins in the file.</param>
/// <param name="form">What it is.</param>
/// <param name="values">The bytes of the values; belongs to this.</param>
internal sealed class ArrayInput(string file, string name, long place, ArrayForm form, Stream values) : IDisposable
{
    /// <summary>What it is.</summary>
    internal ArrayForm Form => form;

    /// <summary>How messages call it.</summary>
    internal string Title => name.Length == 0 ? "the array" : $"the array {Quote.Of(name)}";

    /// <summary>Reads the next values in the order of the file, into this machine's byte order.</summary>
    /// <param name="bytes">Whole values.</param>
    internal void Read(Span<byte> bytes)
    {
        if (values.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            throw Refuse($"{Title} is {form}, but its values end before");
        if (form.Type == NumberType.Bool && bytes.IndexOfAnyExceptInRange((byte)0, (byte)1) is >= 0 and var wrong)
            throw Refuse($"a truth value must be 0 or 1, but is {bytes[wrong]}");
        if (form.BigEndian != BitConverter.IsLittleEndian)
            return;
        switch (form.ValueBytes)
        {
            case 2: BinaryPrimitives.ReverseEndianness(Cast<ushort>(bytes), Cast<ushort>(bytes)); break;
            case 4: BinaryPrimitives.ReverseEndianness(Cast<uint>(bytes), Cast<uint>(bytes)); break;
            case 8: BinaryPrimitives.ReverseEndianness(Cast<ulong>(bytes), Cast<ulong>(bytes)); break;
        }
    }

    /// <summary>Reads all values; to be called before any is read otherwise.</summary>
    internal NumberArray ReadAll()
    {
        var length = form.Bytes is { } known && known <= Array.MaxLength
            ? (int)known
            : throw Refuse($"{Title} must take at most {Array.MaxLength} bytes to be read at once, but is {form}");
        var bytes = new byte[length];
        Read(bytes);
        return new NumberArray(form.Type, form.Sizes, form.ColumnsFirst ? RowsFirst.Of(form, bytes) : bytes);
    }

    internal DataFormatException Refuse(string rule) => new(file, place, rule);

    public void Dispose() => values.Dispose();

    private static Span<T> Cast<T>(Span<byte> bytes) where T : struct => MemoryMarshal.Cast<byte, T>(bytes);
}
