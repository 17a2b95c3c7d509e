namespace Ddpm.Networks;

/// <summary>The classes of a <see cref="UNet"/>.</summary>
public sealed record LabelOptions
{
    /// <summary>How a label enters. By a trained row by default.</summary>
    public LabelKind Kind { get; init; }

    /// <summary>
    /// How many classes, 1 to 1,000,000; labels are 0 to Count - 1. Used by <see cref="LabelKind.Embedding"/> alone. 10 by default.
    /// </summary>
    public int Count { get; init; } = 10;

    /// <summary>
    /// Whether one more row, the last, stands for no class, which guidance needs (Ho and Salimans 2022).
    /// Only with <see cref="LabelKind.Embedding"/>. No by default.
    /// </summary>
    public bool NullClass { get; init; }

    internal int Rows => Count + (NullClass ? 1 : 0);
}
