using System.Runtime.InteropServices;
using System.Text;

namespace Ddpm.Formats;

/// <summary>Reads names and the contents of char matrices.</summary>
internal sealed class Mat5TextReader(MatInput input, MatLimits limits)
{
    private const int ObjectBytes = 40;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly UTF32Encoding Utf32 = new(!BitConverter.IsLittleEndian, byteOrderMark: false, throwOnInvalidCharacters: true);

    /// <summary>A name of a variable, a class or a type system.</summary>
    internal string ReadName(long end)
    {
        var tag = input.ReadTag(end);
        if (tag.Type is not ((uint)MatNumberType.Int8 or MatTag.Utf8))
            throw input.Refuse($"a name is of type 1 or 16, but this is of type {tag.Type}");
        return Decode(Utf8, input.ReadData<byte>(tag, 1, limits));
    }

    internal IReadOnlyList<string> ReadFieldNames(long end)
    {
        var tag = input.ReadTag(end);
        if (tag.NumberType != MatNumberType.Int32 || tag.Length != sizeof(int))
            throw input.Refuse($"the length of field names is one number of type 5, but this is {tag.Length} bytes of type {tag.Type}");
        var length = input.ReadData<int>(tag, sizeof(int), limits)[0];
        if (length is < 1 or > MatLimits.MaxFieldName)
            throw input.Refuse($"the length of field names must be in 1..{MatLimits.MaxFieldName}, but is {length}");
        var namesTag = input.ReadTag(end);
        if (namesTag.NumberType != MatNumberType.Int8 || namesTag.Length % length != 0 || namesTag.Length / length > MatLimits.MaxFields)
            throw input.Refuse(
                $"field names are at most {MatLimits.MaxFields} x {length} bytes of type 1, but these are {namesTag.Length} of type {namesTag.Type}");
        // Short names cost more memory than bytes: an object and a reference each.
        limits.Allocate(input, namesTag.Length / length * (ObjectBytes + sizeof(char) * length));
        var names = input.ReadData<byte>(namesTag, 1, limits);
        return [.. names.Chunk(length).Select(name => Decode(Utf8, name.AsSpan(0, name.IndexOf((byte)0) is >= 0 and var zero ? zero : length)))];
    }

    /// <summary>Reads text whose characters, columns first, must be as many as the sizes say.</summary>
    internal MatCharArray Read(Mat5Header header, long count, long end)
    {
        var tag = input.ReadTag(end);
        if (tag.Length == 0)
            return new MatCharArray(header.Dimensions, Spaces(count), byUnit: true);
        var size = tag.Type switch { (uint)MatNumberType.UInt16 or MatTag.Utf16 => sizeof(char), MatTag.Utf32 => sizeof(uint), _ => 1 };
        limits.Allocate(input, size == 1 ? sizeof(char) * tag.Length : tag.Length);
        var data = input.ReadData<byte>(tag, size, limits);
        var text = tag.Type switch
        {
            (uint)MatNumberType.Int8 or (uint)MatNumberType.UInt8 => Encoding.Latin1.GetString(data),
            (uint)MatNumberType.UInt16 or MatTag.Utf16 => new string(MemoryMarshal.Cast<byte, char>(data)),
            MatTag.Utf8 => Decode(Utf8, data),
            MatTag.Utf32 => Decode(Utf32, data),
            _ => throw input.Refuse($"text is stored as types 1, 2, 4 or 16 to 18, but this as type {tag.Type}"),
        };
        limits.Release(tag.Length);
        var byUnit = text.Length == count;
        if (!byUnit && text.EnumerateRunes().LongCount() != count)
            throw input.Refuse($"{string.Join(" x ", header.Dimensions)} characters are {count}, but {text.Length} are stored");
        return new MatCharArray(header.Dimensions, text, byUnit);
    }

    private string Spaces(long count)
    {
        if (count > MatLimits.MaxSpaces)
            throw input.Refuse($"text without bytes stands for at most {MatLimits.MaxSpaces} spaces, but for {count} here");
        limits.Allocate(input, sizeof(char) * count);
        return new string(' ', (int)count);
    }

    private string Decode(Encoding encoding, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return encoding.GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            throw input.Refuse("text must be valid " + encoding.WebName, error);
        }
    }
}
