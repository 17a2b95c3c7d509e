namespace Ddpm.Formats;

/// <summary>Items with named fields, columns first; also an object of an old-style class.</summary>
internal sealed class MatStructArray : MatValue
{
    private readonly IReadOnlyList<MatValue> values;

    /// <summary>Wraps values, item by item, each item's in the order of the names.</summary>
    internal MatStructArray(IReadOnlyList<long> dimensions, string? className, IReadOnlyList<string> fieldNames, IReadOnlyList<MatValue> values)
        : base(dimensions) => (ClassName, FieldNames, this.values) = (className, fieldNames, values);

    /// <summary>The class of an object; null for a struct.</summary>
    internal string? ClassName { get; }

    /// <summary>The names as stored; one may occur more than once.</summary>
    internal IReadOnlyList<string> FieldNames { get; }

    /// <summary>A field of one item.</summary>
    /// <param name="name">A name of <see cref="FieldNames"/>; where it occurs twice, the first is meant.</param>
    /// <param name="item">Index of the item, columns first.</param>
    /// <exception cref="KeyNotFoundException">There is no such field.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    internal MatValue Field(string name, int item = 0)
    {
        var field = FieldNames.Index().Where(pair => pair.Item == name).Select(pair => (int?)pair.Index).FirstOrDefault()
            ?? throw new KeyNotFoundException($"There is no field \"{name}\"; there are {string.Join(", ", FieldNames)}.");
        var items = values.Count / FieldNames.Count;
        if (item < 0 || item >= items)
            throw new ArgumentOutOfRangeException(nameof(item), item, $"The item must be in 0..{items - 1}.");
        return values[item * FieldNames.Count + field];
    }
}
