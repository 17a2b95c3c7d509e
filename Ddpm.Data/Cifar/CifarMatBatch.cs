using Ddpm.Formats;

namespace Ddpm;

/// <summary>
/// One .mat file of CIFAR: N x 3072 pixels and N labels. As other programs save them, they may be of any numeric class as long as they are whole
/// numbers in range, and the labels a row or a column.
/// </summary>
internal sealed class CifarMatBatch : ICifarBatch
{
    private const string Pixels = "data";
    private const int LargestNumber = sizeof(double);
    private readonly string path, label;
    private readonly int classes;
    private readonly long maxBytes;

    /// <summary>Reads how many images there are, and checks that the variables are what they must be.</summary>
    /// <param name="path">The file.</param>
    /// <param name="label">The variable of the labels.</param>
    /// <param name="classes">How many classes they may name.</param>
    internal CifarMatBatch(string path, string label, int classes)
    {
        (this.path, this.label, this.classes) = (path, label, classes);
        var variables = MatFile.List(path);
        var width = CifarFiles.Shape.Values;
        var count = Count(Find(variables, Pixels), $"N x {width}", sizes => sizes is [var rows, var columns] && columns == width ? rows : null);
        var labels = Count(Find(variables, label), "N x 1 or 1 x N", sizes => sizes is [_, 1] or [1, _] ? sizes[0] * sizes[1] : null);
        if (count != labels)
            throw Refuse($"there must be one label an image, but there are {labels} labels and {count} images");
        // The caller allocates by this count: it may not exceed what reading the file may give.
        var most = MatLimits.DefaultMost(new FileInfo(path).Length);
        if (count * width > most)
            throw Refuse($"{count} images are more than a file of this length may hold");
        Images = (int)count;
        // Wider numbers than bytes take more, but no more than the same images would.
        maxBytes = most + LargestNumber * count * (width + 1);
    }

    public int Images { get; }

    public void Read(Span<byte> pixels, Span<int> labels, ref byte[] buffer)
    {
        var itsLabels = Bytes(label, classes, null);
        var reused = buffer;
        BlockTranspose.Run(Bytes(Pixels, 256, length => reused = reused.Length < length ? new byte[length] : reused), Images, pixels);
        buffer = reused;
        for (var i = 0; i < Images; i++)
            labels[i] = itsLabels[i];
    }

    // Whole numbers below a limit.
    private ReadOnlySpan<byte> Bytes(string name, int limit, Func<int, byte[]>? newBytes)
    {
        var array = (MatNumericArray)MatFile.Read(path, [name], maxBytes, newBytes)[name];
        if (array.Imaginary is not null)
            throw Refuse($"\"{name}\" must be real, but is complex");
        var numbers = array.Real;
        if (!numbers.AllFit(MatNumberType.UInt8))
            throw Refuse($"\"{name}\" must be whole numbers in 0..{limit - 1}, but some are not");
        var bytes = numbers.Type == MatNumberType.UInt8 ? numbers.Bytes : numbers.ToArray<byte>();
        if (bytes.IndexOfAnyExceptInRange((byte)0, (byte)(limit - 1)) is >= 0 and var i)
            throw Refuse($"\"{name}\" must be in 0..{limit - 1}, but number {i} is {bytes[i]}");
        return bytes;
    }

    private MatVariable Find(IReadOnlyList<MatVariable> variables, string name) =>
        variables.FirstOrDefault(variable => variable.Name == name)
            ?? throw Refuse($"there must be a variable \"{name}\", but there are: {string.Join(", ", variables.Select(other => other.Name))}");

    private long Count(MatVariable variable, string form, Func<IReadOnlyList<long>, long?> countOf)
    {
        var count = variable.Class is >= MatClass.Double and <= MatClass.UInt64 ? countOf(variable.Dimensions) : null;
        return count is >= 0 and var known
            ? known
            : throw Refuse($"\"{variable.Name}\" must be {form} numbers, but is {string.Join(" x ", variable.Dimensions)} {variable.Class}");
    }

    private DataFormatException Refuse(string rule) => new(path, null, rule);
}
