namespace Ddpm.Formats;

/// <summary>What precedes an element's data.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Length">Bytes of data.</param>
/// <param name="Padding">Bytes after them.</param>
internal readonly record struct MatTag(uint Type, long Length, int Padding)
{
    internal const uint Matrix = 14, Compressed = 15, Utf8 = 16, Utf16 = 17, Utf32 = 18;

    /// <summary>The type of its numbers, if it holds any.</summary>
    internal MatNumberType? NumberType => Enum.IsDefined((MatNumberType)Type) ? (MatNumberType)Type : null;
}
