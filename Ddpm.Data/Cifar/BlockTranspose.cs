namespace Ddpm;

/// <summary>Turns a matrix of bytes that lies columns first into one that lies rows first.</summary>
internal static class BlockTranspose
{
    // A block touches this many lines of the cache on either side: 2 x 64 x 64 bytes fit the smallest first-level cache.
    private const int Block = 64;

    /// <summary>Value (r, c) goes from c · rows + r to r · columns + c.</summary>
    internal static void Run(ReadOnlySpan<byte> columnsFirst, int rows, Span<byte> rowsFirst)
    {
        var columns = rows == 0 ? 0 : columnsFirst.Length / rows;
        for (var top = 0; top < rows; top += Block)
        {
            var height = Math.Min(Block, rows - top);
            for (var left = 0; left < columns; left += Block)
            {
                var width = Math.Min(Block, columns - left);
                for (var r = top; r < top + height; r++)
                {
                    var row = rowsFirst.Slice(r * columns + left, width);
                    for (var c = 0; c < row.Length; c++)
                        row[c] = columnsFirst[(left + c) * rows + r];
                }
            }
        }
    }
}
