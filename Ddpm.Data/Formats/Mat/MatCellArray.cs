namespace Ddpm;

/// <summary>Values of any kind, columns first.</summary>
public sealed class MatCellArray : MatValue
{
    internal MatCellArray(IReadOnlyList<long> dimensions, IReadOnlyList<MatValue> cells) : base(dimensions) => Cells = cells;

    /// <summary>The values.</summary>
    public IReadOnlyList<MatValue> Cells { get; }
}
