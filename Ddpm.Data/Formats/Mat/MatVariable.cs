namespace Ddpm;

/// <summary>What a MAT-file says of a variable before its contents.</summary>
/// <param name="Name">Its name; may be empty.</param>
/// <param name="Class">Its kind.</param>
/// <param name="Dimensions">Rows, columns and further sizes; empty for an opaque object.</param>
public sealed record MatVariable(string Name, MatClass Class, IReadOnlyList<long> Dimensions)
{
    /// <summary>Rows, columns and further sizes; empty for an opaque object.</summary>
    public IReadOnlyList<long> Dimensions { get; init => field = EquatableList.Of(value); } = EquatableList.Of(Dimensions);
}
