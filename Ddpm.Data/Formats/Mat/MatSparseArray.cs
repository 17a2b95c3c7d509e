namespace Ddpm.Formats;

/// <summary>A matrix of which only what is not zero is stored, column by column.</summary>
internal sealed class MatSparseArray : MatValue
{
    internal MatSparseArray(IReadOnlyList<long> dimensions, bool isLogical, IReadOnlyList<int> rows, IReadOnlyList<int> columnStarts, MatNumbers real,
        MatNumbers? imaginary) : base(dimensions) =>
        (IsLogical, RowIndices, ColumnStarts, Real, Imaginary) = (isLogical, rows, columnStarts, real, imaginary);

    /// <summary>Whether the values are truth values.</summary>
    internal bool IsLogical { get; }

    /// <summary>The row of each value, from 0, rising inside a column.</summary>
    internal IReadOnlyList<int> RowIndices { get; }

    /// <summary>Column c holds the values from [c] to before [c + 1]; one more than there are columns.</summary>
    internal IReadOnlyList<int> ColumnStarts { get; }

    /// <summary>The values, or their real parts.</summary>
    internal MatNumbers Real { get; }

    /// <summary>The imaginary parts; null if the values are real.</summary>
    internal MatNumbers? Imaginary { get; }
}
