using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Ddpm;

/// <summary>Makes lists that compare and print by content, so that the records that hold them do.</summary>
internal static class EquatableList
{
    /// <summary>A copy; null stays null.</summary>
    [return: NotNullIfNotNull(nameof(items))]
    internal static IReadOnlyList<T>? Of<T>(IEnumerable<T>? items) => items switch
    {
        null => null,
        EquatableList<T> already => already,
        _ => new EquatableList<T>([.. items]),
    };
}

/// <summary>The list. Nothing changes it.</summary>
internal sealed class EquatableList<T>(T[] items) : IReadOnlyList<T>
{
    private const int MostPrinted = 12, PrintedOfMany = 4;

    /// <inheritdoc/>
    public int Count => items.Length;

    /// <inheritdoc/>
    public T this[int index] => items[index];

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => items.GetEnumerator();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is EquatableList<T> other && items.AsSpan().SequenceEqual(other.Items);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var item in items)
            hash.Add(item);
        return hash.ToHashCode();
    }

    /// <summary>(1, 2, 3); of a long list its first items, its last and its length.</summary>
    public override string ToString() => items.Length <= MostPrinted
        ? $"({Joined(items)})"
        : FormattableString.Invariant($"({Joined(items.Take(PrintedOfMany))}, …, {items[^1]}; {items.Length} in all)");

    private T[] Items => items;

    private static string Joined(IEnumerable<T> some) => string.Join(", ", some.Select(item => FormattableString.Invariant($"{item}")));
}
