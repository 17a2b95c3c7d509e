namespace Ddpm.Samples;

/// <summary>A picture as what a terminal shows: sixel graphics, half-blocks, or nothing.</summary>
/// <param name="terminal">What is known of the terminal.</param>
/// <param name="ask">Asks for the rest, at most once, and only where that may be done.</param>
internal sealed class Preview(TerminalTraits terminal, Func<TerminalAnswer?> ask)
{
    // Windows that a tall picture may fill; the first characters of a line, as some terminals wrap after the last; cells; pixels, of which xterm
    // draws no more.
    private const int Windows = 2, Margin = 1, MostCells = 400, MostPixels = 1000;

    /// <summary>The text that shows the picture, with an end of line; null: nothing does.</summary>
    public string? Of(Func<Picture> picture)
    {
        if (!terminal.MayShow)
            return null;
        var (columns, lines) = (Math.Clamp(terminal.Columns - Margin, 1, MostCells), Math.Clamp(Windows * terminal.Rows, 1, MostCells));
        if (terminal.MayAsk && ask() is { HasSixel: true, Cell: var cell })
            return Sixel.Encode(PictureFit.Into(
                picture(), Math.Min(columns * cell.Width, MostPixels), Math.Min(lines * cell.Height, MostPixels))) + "\n";
        return terminal.HasBlocks ? HalfBlocks.Encode(PictureFit.Into(picture(), columns, 2 * lines), terminal.IsTrueColor) : null;
    }
}
