namespace Ddpm.Formats;

/// <summary>What precedes the values of an array in a file.</summary>
/// <param name="Type">What they are.</param>
/// <param name="Sizes">How many along each axis; none: a single value.</param>
/// <param name="BigEndian">Their byte order.</param>
/// <param name="ColumnsFirst">Whether the first index runs fastest; otherwise the last one does.</param>
internal sealed record ArrayForm(NumberType Type, IReadOnlyList<long> Sizes, bool BigEndian, bool ColumnsFirst)
{
    internal const int MaxAxes = 64;

    /// <summary>Bytes of one value.</summary>
    internal int ValueBytes { get; } = Type switch
    {
        NumberType.Bool or NumberType.Int8 or NumberType.UInt8 => 1,
        NumberType.Int16 or NumberType.UInt16 or NumberType.Half => 2,
        NumberType.Int32 or NumberType.UInt32 or NumberType.Single => 4,
        _ => 8,
    };

    /// <summary>Bytes of all values; null where they do not fit 64 bits.</summary>
    internal long? Bytes => Extents.Product(Sizes.Append(ValueBytes));

    /// <summary>For example "UInt8 [5, 4, 3]".</summary>
    public override string ToString() => $"{Type} [{string.Join(", ", Sizes)}]";
}
