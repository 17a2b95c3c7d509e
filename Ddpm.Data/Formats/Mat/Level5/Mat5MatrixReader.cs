namespace Ddpm.Formats;

/// <summary>Reads elements of type 14, and those inside them.</summary>
internal sealed class Mat5MatrixReader(MatInput input, MatLimits limits)
{
    private const uint ComplexFlag = 0x0800, LogicalFlag = 0x0200;
    private readonly Mat5NumberReader numbers = new(input, limits);
    private readonly Mat5TextReader texts = new(input, limits);

    internal Mat5Header ReadHeader(long end)
    {
        var tag = input.ReadTag(end);
        if (tag.NumberType != MatNumberType.UInt32 || tag.Length != 8)
            throw input.Refuse($"a matrix starts with 8 bytes of type 6, but this with {tag.Length} of type {tag.Type}");
        var flags = input.ReadData<uint>(tag, sizeof(uint), limits)[0];
        var kind = (MatClass)(flags & 0xFF);
        if (!Enum.IsDefined(kind))
            throw input.Refuse($"the class of a matrix must be in 1..17, but is {(int)kind}");
        IReadOnlyList<long> dimensions = kind == MatClass.Opaque ? [] : ReadDimensions(end);
        return new Mat5Header(kind, (flags & ComplexFlag) != 0, (flags & LogicalFlag) != 0, dimensions, texts.ReadName(end));
    }

    /// <summary>Reads what follows the header, up to the matrix's end.</summary>
    internal MatValue ReadContents(Mat5Header header, long end, int depth)
    {
        MatValue value = header.Class switch
        {
            MatClass.Cell => ReadCell(header, end, depth),
            MatClass.Struct => ReadStruct(header, null, end, depth),
            MatClass.Object => ReadStruct(header, texts.ReadName(end), end, depth),
            MatClass.Char => texts.Read(header, Count(header), end),
            MatClass.Sparse => numbers.ReadSparse(header, end),
            MatClass.Function => SkipFunction(header, end),
            MatClass.Opaque => SkipOpaque(end),
            _ => numbers.Read(header, Count(header), end),
        };
        if (input.Position != end)
            throw input.Refuse($"a matrix must end where its contents do, but {end - input.Position} bytes are left of \"{header.Name}\"");
        return value;
    }

    private long[] ReadDimensions(long end)
    {
        var tag = input.ReadTag(end);
        if (tag.NumberType is not (MatNumberType.Int32 or MatNumberType.UInt32) || tag.Length is < 8 or > 128)
            throw input.Refuse($"dimensions are 2 to 32 numbers of type 5, but these are {tag.Length} bytes of type {tag.Type}");
        return tag.NumberType == MatNumberType.Int32
            ? Array.ConvertAll(input.ReadData<int>(tag, sizeof(int), limits), size => (long)size)
            : Array.ConvertAll(input.ReadData<uint>(tag, sizeof(uint), limits), size => (long)size);
    }

    private long Count(Mat5Header header) => Extents.Product(header.Dimensions)
        ?? throw input.Refuse($"sizes may not be negative, and their product must fit 63 bits, but they are {string.Join(" x ", header.Dimensions)}");

    private MatCellArray ReadCell(Mat5Header header, long end, int depth) =>
        new(header.Dimensions, ReadNested(Count(header), end, depth));

    private MatStructArray ReadStruct(Mat5Header header, string? className, long end, int depth)
    {
        var names = texts.ReadFieldNames(end);
        var items = Count(header);
        // Without fields nothing follows, however many items there are.
        if (names.Count > 0 && items > (end - input.Position) / (8 * names.Count))
            throw input.Refuse($"{items} items of {names.Count} fields need 8 bytes each, but {end - input.Position} are left");
        return new MatStructArray(header.Dimensions, className, names, ReadNested(items * names.Count, end, depth));
    }

    private MatValue[] ReadNested(long count, long end, int depth)
    {
        if (count > (end - input.Position) / 8)
            throw input.Refuse($"{count} values need 8 bytes each, but {end - input.Position} are left");
        limits.Allocate(input, 8 * count);
        var values = new MatValue[count];
        foreach (ref var value in values.AsSpan())
            value = ReadMatrix(end, depth + 1);
        return values;
    }

    private MatValue ReadMatrix(long parentEnd, int depth)
    {
        limits.EnterMatrix(input, depth);
        var tag = input.ReadTag(parentEnd);
        if (tag.Type != MatTag.Matrix)
            throw input.Refuse($"a cell or field is an element of type 14, but this is of type {tag.Type}");
        if (tag.Length == 0)
            return MatNumericArray.Empty;
        var end = input.Position + tag.Length;
        return ReadContents(ReadHeader(end), end, depth);
    }

    private MatUnsupported SkipFunction(Mat5Header header, long end)
    {
        var tag = input.ReadTag(end);
        if (tag.Type != MatTag.Matrix)
            throw input.Refuse($"a function is described by an element of type 14, but this is of type {tag.Type}");
        input.Skip(tag.Length);
        return new MatUnsupported(header.Dimensions, "function handle");
    }

    private MatUnsupported SkipOpaque(long end)
    {
        var (system, name) = (texts.ReadName(end), texts.ReadName(end));
        input.Skip(end - input.Position);
        return new MatUnsupported([], $"opaque object of class {name} ({system})");
    }
}
