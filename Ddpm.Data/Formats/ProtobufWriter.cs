using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Ddpm.Formats;

/// <summary>Writes the fields of a protocol buffer message, one after another.</summary>
internal sealed class ProtobufWriter
{
    // The kinds of a field: how many bytes follow its number.
    internal const int Varint = 0, Fixed64 = 1, Counted = 2, Fixed32 = 5;

    private readonly ArrayBufferWriter<byte> bytes = new();

    internal ReadOnlySpan<byte> Written => bytes.WrittenSpan;

    internal void Number(int field, long value)
    {
        Key(field, Varint);
        Append((ulong)value);
    }

    internal void Double(int field, double value)
    {
        Key(field, Fixed64);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes.GetSpan(sizeof(double)), value);
        bytes.Advance(sizeof(double));
    }

    internal void Single(int field, float value)
    {
        Key(field, Fixed32);
        BinaryPrimitives.WriteSingleLittleEndian(bytes.GetSpan(sizeof(float)), value);
        bytes.Advance(sizeof(float));
    }

    internal void Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    internal void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Begin(field, value.Length);
        bytes.Write(value);
    }

    /// <summary>Fields that were written elsewhere.</summary>
    internal void Append(ReadOnlySpan<byte> fields) => bytes.Write(fields);

    /// <summary>The beginning of a text or message whose bytes are written after these.</summary>
    /// <param name="field">Its number.</param>
    /// <param name="length">Its bytes, ≥ 0.</param>
    internal void Begin(int field, long length)
    {
        Key(field, Counted);
        Append((ulong)length);
    }

    /// <summary>A message within the message.</summary>
    internal void Message(int field, Action<ProtobufWriter> write)
    {
        var inner = new ProtobufWriter();
        write(inner);
        Bytes(field, inner.Written);
    }

    private void Key(int field, int kind) => Append((ulong)(field << 3 | kind));

    // Seven bits a byte, the lowest first; the eighth says that more follow.
    private void Append(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            bytes.Write([(byte)(value | 0x80)]);
        bytes.Write([(byte)value]);
    }
}
