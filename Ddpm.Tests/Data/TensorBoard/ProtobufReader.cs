using System.Buffers.Binary;

namespace Ddpm.Tests.Data.TensorBoard;

/// <summary>Goes through the fields of a protocol buffer message.</summary>
/// <param name="message">The message.</param>
/// <param name="refuse">Makes the exception for a rule that is broken.</param>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message, Func<string, Exception> refuse)
{
    private ReadOnlySpan<byte> rest = message;

    /// <summary>The number of the field; 0 before the first.</summary>
    internal int Field { get; private set; }

    /// <summary>The field's value if it is a whole number, or the bits of a float32 or float64.</summary>
    internal ulong Number { get; private set; }

    /// <summary>The field's value if it is text, bytes or a message.</summary>
    internal ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Goes to the next field, if there is one.</summary>
    internal bool Next()
    {
        if (rest.IsEmpty)
            return false;
        var key = Varint();
        Number = 0;
        Bytes = default;
        Field = key >> 3 is > 0 and <= int.MaxValue ? (int)(key >> 3) : throw refuse($"a field's number must be at least 1, but is {key >> 3}");
        switch ((int)(key & 7))
        {
            case ProtobufWriter.Varint:
                Number = Varint();
                break;
            case ProtobufWriter.Fixed64:
                Number = BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));
                break;
            case ProtobufWriter.Counted:
                Bytes = Take(Varint());
                break;
            case ProtobufWriter.Fixed32:
                Number = BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));
                break;
            case var kind:
                throw refuse($"a field's kind must be 0, 1, 2 or 5, but is {kind}");
        }
        return true;
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)rest.Length)
            throw refuse($"a field of {count} bytes must fit the message, but {rest.Length} are left");
        var taken = rest[..(int)count];
        rest = rest[(int)count..];
        return taken;
    }

    private ulong Varint()
    {
        var value = 0UL;
        for (var bits = 0; bits < 64; bits += 7)
        {
            var next = Take(1)[0];
            value |= (ulong)(next & 0x7F) << bits;
            if (next < 0x80)
                return value;
        }
        throw refuse("a number must end within ten bytes, but does not");
    }
}
