using System.Buffers.Binary;

namespace Ddpm.Formats;

/// <summary>A file of level 5: a header of 128 bytes, then one element a variable, each compressed or not.</summary>
internal sealed class Mat5File
{
    internal const int HeaderBytes = 128;

    // Deflate cannot do better than 1032 to 1; whoever declares more lies.
    private const long MaxRatio = 1032, RatioSlack = 1024;

    private readonly string file;
    private readonly long length, subsystem;
    private readonly MatStoredInput input;
    private readonly MatLimits limits;
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    internal Mat5File(string file, FileStream stream, ReadOnlySpan<byte> header, MatLimits limits)
    {
        if (header.Length < HeaderBytes)
            throw new DataFormatException(file, header.Length, $"a MAT-file of level 5 starts with {HeaderBytes} bytes of header, but ends here");
        var bigEndian = header[126..] switch
        {
            [(byte)'I', (byte)'M'] => false,
            [(byte)'M', (byte)'I'] => true,
            _ => throw new DataFormatException(file, 126, "a MAT-file must say its byte order as IM or MI"),
        };
        var version = bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(header[124..]) : BinaryPrimitives.ReadUInt16LittleEndian(header[124..]);
        if (version == 0x0200)
            throw new DataFormatException(file, 124, "this is a MAT-file of level 7.3 (HDF5), which is not supported; save it again: "
                + "in MATLAB with save('name.mat', '-v7'), in Python with scipy.io.savemat of what mat73.loadmat or h5py read");
        if (version != 0x0100)
            throw new DataFormatException(file, 124, $"the version of a MAT-file must be 0100, but is {version:X4}");
        // Blanks and 0 both mean that there is none; neither is a place where a variable can be.
        subsystem = bigEndian ? BinaryPrimitives.ReadInt64BigEndian(header[116..]) : BinaryPrimitives.ReadInt64LittleEndian(header[116..]);
        (this.file, length, this.limits) = (file, stream.Length, limits);
        input = new MatStoredInput(file, stream, bigEndian);
    }

    /// <summary>Names every variable; what is not read is passed over.</summary>
    internal void Visit(Action<MatVariable, Func<MatValue>> visit)
    {
        while (input.Position < length)
        {
            var hidden = input.Position == subsystem;
            var tag = input.ReadTag(length);
            var end = input.Position + tag.Length;
            if (tag.Type is not (MatTag.Matrix or MatTag.Compressed))
                throw input.Refuse($"a variable is an element of type 14 or 15, but this is of type {tag.Type}");
            if (!hidden && tag.Type == MatTag.Matrix)
                VisitMatrix(input, end, visit);
            else if (!hidden)
                VisitCompressed(tag.Length, visit);
            input.MoveTo(end);
        }
    }

    private void VisitCompressed(long compressed, Action<MatVariable, Func<MatValue>> visit)
    {
        if (compressed < 4)
            throw input.Refuse($"a compressed variable has a checksum of 4 bytes, but this has {compressed} in all");
        using var inflated = new MatInflatedInput(file, input, compressed);
        var end = input.Position + compressed;
        var tag = inflated.ReadTag(long.MaxValue);
        if (tag.Type != MatTag.Matrix || tag.Length > MaxRatio * compressed + RatioSlack)
            throw input.Refuse($"what is compressed must be a matrix that {compressed} bytes can hold, but is {tag.Length} of type {tag.Type}");
        if (!VisitMatrix(inflated, inflated.Position + tag.Length, visit))
            return;
        var actual = inflated.Finish();
        // What inflates may stop before the checksum, or before the element's end: the last 4 bytes tell.
        input.MoveTo(end - sizeof(uint));
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        input.Read(bytes);
        var stored = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (stored != actual)
            throw input.Refuse($"a compressed variable must end with its checksum {actual:X8}, but ends with {stored:X8}");
    }

    // True if the contents were read, to their end.
    private bool VisitMatrix(MatInput source, long end, Action<MatVariable, Func<MatValue>> visit)
    {
        if (end == source.Position)
            throw source.Refuse("a variable may not be empty of everything");
        var reader = new Mat5MatrixReader(source, limits);
        limits.EnterMatrix(source, 1);
        var header = reader.ReadHeader(end);
        if (header.Name.Length > 0 && !names.Add(header.Name))
            throw source.Refuse($"a variable may occur once, but \"{header.Name}\" occurs twice");
        var wasRead = false;
        visit(new MatVariable(header.Name, header.Class, header.Dimensions), () =>
        {
            wasRead = true;
            if (source is MatInflatedInput)
                limits.Inflate(source, end - source.Position);
            return reader.ReadContents(header, end, 1);
        });
        return wasRead;
    }
}
