using System.Text;

namespace Ddpm.Formats;

/// <summary>Text: one string a row, its characters columns first.</summary>
internal sealed class MatCharArray : MatValue
{
    private readonly string stored;
    private readonly bool byUnit;

    /// <summary>Wraps characters, as many UTF-16 units or, failing that, Unicode characters as the sizes say.</summary>
    internal MatCharArray(IReadOnlyList<long> dimensions, string stored, bool byUnit)
        : base(dimensions) => (this.stored, this.byUnit) = (stored, byUnit);

    /// <summary>One row; of an array with more than two dimensions, all that has this row index.</summary>
    /// <param name="row">0 to rows - 1.</param>
    internal string Row(int row)
    {
        if (row < 0 || row >= Dimensions[0])
            throw new ArgumentOutOfRangeException(nameof(row), row, $"The row must be in 0..{Dimensions[0] - 1}.");
        if (Dimensions[0] == 1)
            return stored;
        var text = new StringBuilder();
        if (byUnit)
            for (long i = row; i < stored.Length; i += Dimensions[0])
                text.Append(stored[(int)i]);
        else
            foreach (var (i, rune) in stored.EnumerateRunes().Index())
                if (i % Dimensions[0] == row)
                    text.Append(rune);
        return text.ToString();
    }

    /// <summary>The text of a single row, "" if there is none.</summary>
    /// <exception cref="InvalidOperationException">There are several rows.</exception>
    public override string ToString() => Dimensions[0] switch
    {
        0 => "",
        1 => stored,
        _ => throw new InvalidOperationException($"The text has {Dimensions[0]} rows: ask for one."),
    };
}
