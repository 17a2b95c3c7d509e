namespace Ddpm.Imaging;

/// <summary>
/// Pictures in rows and columns, each with its name, on white: samplers by steps, models by seeds. It needs no fonts and no display.
/// </summary>
public static class PictureTable
{
    private const int TextHeight = 16, Ink = 0x333333, Frame = 0xD0D0D0;

    /// <summary>Draws the table.</summary>
    /// <param name="columns">The columns' names, at least one. ASCII letters, digits and common signs can be drawn, here and in the rows'
    /// names.</param>
    /// <param name="rows">At least one: what stands before it, and a picture for each column; null leaves a cell empty. Every picture has the same
    /// size. A thin frame is drawn round it.</param>
    /// <param name="gap">White pixels between cells, ≥ 2.</param>
    /// <exception cref="ArgumentException">There is no row, column or picture, a row has another number of cells than there are columns, pictures
    /// differ in size, or the table would be over <see cref="Picture.MaximumPixels"/>.</exception>
    public static Picture Draw(IReadOnlyList<string> columns, IReadOnlyList<(string Name, IReadOnlyList<Picture?> Cells)> rows, int gap = 6)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(gap, 2);
        var cell = Cell(columns, rows);
        // A column is as wide as its name or its pictures, whichever is wider.
        var left = rows.Max(row => PixelFont.WidthOf(row.Name)) + 2 * gap;
        var column = Math.Max(cell.Width, columns.Max(name => PixelFont.WidthOf(name)));
        var wide = column + gap;
        var high = Math.Max(cell.Height, TextHeight) + gap;
        var top = TextHeight + 2 * gap;
        Picture.Check(new(3, Extent(top, rows.Count, high), Extent(left, columns.Count, wide)));
        var canvas = new PlotCanvas(left + columns.Count * wide, top + rows.Count * high);
        for (var c = 0; c < columns.Count; c++)
            canvas.Text(columns[c], left + c * wide + (column - PixelFont.WidthOf(columns[c])) / 2, gap, Ink);
        for (var r = 0; r < rows.Count; r++)
        {
            canvas.Text(rows[r].Name, gap, top + r * high + (cell.Height - TextHeight) / 2, Ink);
            for (var c = 0; c < columns.Count; c++)
                if (rows[r].Cells[c] is { } picture)
                {
                    canvas.Rectangle(left + c * wide - 1, top + r * high - 1, cell.Width + 2, cell.Height + 2, Frame);
                    canvas.Place(picture, left + c * wide, top + r * high);
                }
        }
        return canvas.ToPicture();
    }

    private static (int Width, int Height) Cell(IReadOnlyList<string> columns, IReadOnlyList<(string Name, IReadOnlyList<Picture?> Cells)> rows)
    {
        if (columns.Count == 0 || rows.Count == 0)
            throw new ArgumentException(
                $"A table must have at least one row and one column, but has {rows.Count} and {columns.Count}.", nameof(rows));
        if (rows.FirstOrDefault(row => row.Cells.Count != columns.Count) is { Cells: not null } odd)
            throw new ArgumentException(
                $"A row must have a cell for each of the {columns.Count} columns, but '{odd.Name}' has {odd.Cells.Count}.", nameof(rows));
        var sizes = rows.SelectMany(row => row.Cells).OfType<Picture>()
            .Select(picture => (picture.Width, picture.Height)).Distinct().Take(2).ToArray();
        return sizes switch
        {
            [] => throw new ArgumentException("A table must have at least one picture, but all its cells are empty.", nameof(rows)),
            [var one] => one,
            [var one, var other, ..] => throw new ArgumentException(
                $"The pictures of a table must have one size, but one is {one.Width} x {one.Height} and another {other.Width} x {other.Height}.",
                nameof(rows)),
        };
    }

    // At most what an int holds; that many is refused.
    private static int Extent(int before, int count, int each) => (int)Math.Min(before + (long)count * each, int.MaxValue);
}
