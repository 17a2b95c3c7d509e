namespace Ddpm.Formats;

/// <summary>Reads the contents of numeric and of sparse matrices.</summary>
internal sealed class Mat5NumberReader(MatInput input, MatLimits limits)
{
    internal MatNumericArray Read(Mat5Header header, long count, long end)
    {
        var real = ReadPart(header, count, end);
        var imaginary = header.IsComplex ? ReadPart(header, count, end) : null;
        return new MatNumericArray(header.Dimensions, header.Class, header.IsLogical && header.Class == MatClass.UInt8, real, imaginary);
    }

    internal MatSparseArray ReadSparse(Mat5Header header, long end)
    {
        if (header.Dimensions is not [var rows and >= 0, var columns and >= 0])
            throw input.Refuse($"a sparse matrix has rows and columns, but this is {string.Join(" x ", header.Dimensions)}");
        var rowIndices = ReadInt32s(end);
        var starts = ReadInt32s(end);
        if (starts.Length != columns + 1)
            throw input.Refuse($"{columns} sparse columns need {columns + 1} starts, but there are {starts.Length}");
        CheckSparse(rowIndices, starts, rows);
        var count = starts[^1];
        var real = ReadSparsePart(header, count, end);
        var imaginary = header.IsComplex ? ReadSparsePart(header, count, end) : null;
        return new MatSparseArray(header.Dimensions, header.IsLogical, new ArraySegment<int>(rowIndices, 0, count), starts, real, imaginary);
    }

    private MatNumbers ReadPart(Mat5Header header, long count, long end)
    {
        var tag = input.ReadTag(end);
        var values = ReadNumbers(tag, tag.NumberType);
        if (values.Count != count)
            throw input.Refuse($"{string.Join(" x ", header.Dimensions)} values are {count}, but {values.Count} are stored");
        var fits = header.Class switch
        {
            MatClass.Double => true,
            MatClass.Single => values.Type != MatNumberType.Double,
            var integer => values.AllFit(MatNumbers.TypeOf(integer)),
        };
        return fits ? values : throw input.Refuse($"\"{header.Name}\" holds {values.Type} that its class {header.Class} cannot");
    }

    // Truth values may be said to be doubles, although each takes one byte.
    private MatNumbers ReadSparsePart(Mat5Header header, int count, long end)
    {
        var tag = input.ReadTag(end);
        var bytes = header.IsLogical && tag.NumberType == MatNumberType.Double && tag.Length == count;
        var values = ReadNumbers(tag, bytes ? MatNumberType.UInt8 : tag.NumberType);
        if (values.Count < count)
            throw input.Refuse($"{count} sparse values are declared, but {values.Count} are stored");
        return values.First(count);
    }

    private MatNumbers ReadNumbers(MatTag tag, MatNumberType? type) => type is { } known
        ? new MatNumbers(known, input.ReadNumbers(tag, MatNumbers.SizeOf(known), limits))
        : throw input.Refuse($"numbers are stored as types 1 to 7, 9, 12 or 13, but these as type {tag.Type}");

    private int[] ReadInt32s(long end)
    {
        var tag = input.ReadTag(end);
        if (tag.NumberType != MatNumberType.Int32)
            throw input.Refuse($"the indices of a sparse matrix are of type 5, but these are of type {tag.Type}");
        return input.ReadData<int>(tag, sizeof(int), limits);
    }

    private void CheckSparse(int[] rowIndices, int[] starts, long rows)
    {
        if (starts[0] != 0 || starts[^1] > rowIndices.Length)
            throw input.Refuse($"sparse columns must start at 0 and end within {rowIndices.Length} values, but go from {starts[0]} to {starts[^1]}");
        for (var column = 1; column < starts.Length; column++)
        {
            if (starts[column] < starts[column - 1] || starts[column] > starts[^1])
                throw input.Refuse($"the starts of sparse columns may not fall, but column {column} starts at {starts[column]}");
            for (var i = starts[column - 1]; i < starts[column]; i++)
                if (rowIndices[i] < 0 || rowIndices[i] >= rows || (i > starts[column - 1] && rowIndices[i] <= rowIndices[i - 1]))
                    throw input.Refuse($"sparse rows must be in 0..{rows - 1} and rise in a column, but value {i} is in {rowIndices[i]}");
        }
    }
}
