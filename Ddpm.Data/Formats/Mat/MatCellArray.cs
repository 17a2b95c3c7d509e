namespace Ddpm.Formats;

/// <summary>Values of any kind, columns first.</summary>
internal sealed class MatCellArray : MatValue
{
    internal MatCellArray(IReadOnlyList<long> dimensions, IReadOnlyList<MatValue> cells) : base(dimensions) => Cells = cells;

    /// <summary>The values.</summary>
    internal IReadOnlyList<MatValue> Cells { get; }
}
