namespace Ddpm.Formats;

/// <summary>A value of a MAT-file: numbers, text, a cell, a struct, or something that cannot be read.</summary>
internal abstract class MatValue
{
    private protected MatValue(IReadOnlyList<long> dimensions) => Dimensions = dimensions;

    /// <summary>Rows, columns and further sizes; what they hold lies columns first.</summary>
    internal IReadOnlyList<long> Dimensions { get; }
}
