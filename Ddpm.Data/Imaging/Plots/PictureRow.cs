namespace Ddpm;

/// <summary>One row of a <see cref="PictureTable"/>.</summary>
/// <param name="Name">What stands before it.</param>
/// <param name="Cells">A picture for each column; null leaves a cell empty.</param>
public sealed record PictureRow(string Name, IReadOnlyList<Picture?> Cells)
{
    /// <summary>A picture for each column; null leaves a cell empty.</summary>
    public IReadOnlyList<Picture?> Cells { get; init => field = EquatableList.Of(value); } = EquatableList.Of(Cells);
}
