namespace Ddpm;

/// <summary>One .mat file of CIFAR-10: N x 3072 bytes of pixels and N x 1 labels.</summary>
internal sealed class Cifar10Batch
{
    private const string Pixels = "data", Labels = "labels";
    private readonly string path;

    /// <summary>Reads how many images there are, and checks that the variables are what they must be.</summary>
    internal Cifar10Batch(string path)
    {
        this.path = path;
        var variables = MatFile.List(path);
        var count = Check(variables, Pixels, Cifar10MatReader.Shape.Values);
        var labels = Check(variables, Labels, 1);
        if (count != labels)
            throw Refuse($"there must be one label an image, but there are {labels} labels and {count} images");
        // The caller allocates by this count: it may not exceed what reading the file may give.
        if (count * Cifar10MatReader.Shape.Values > MatLimits.DefaultMost(new FileInfo(path).Length))
            throw Refuse($"{count} images are more than a file of this length may hold");
        Count = (int)count;
    }

    internal int Count { get; }

    /// <summary>Reads the images into their places, each as planes of rows, and their labels.</summary>
    /// <param name="pixels">Count x 3072 bytes.</param>
    /// <param name="labels">Count classes.</param>
    /// <param name="buffer">What the pixels are decompressed into; made longer where it is too short, for the next batch to use again.</param>
    internal void Read(Span<byte> pixels, Span<int> labels, ref byte[] buffer)
    {
        var classes = Bytes(Labels, null);
        var reused = buffer;
        BlockTranspose.Run(Bytes(Pixels, length => reused = reused.Length < length ? new byte[length] : reused), Count, pixels);
        buffer = reused;
        for (var i = 0; i < Count; i++)
            labels[i] = classes[i] < Cifar10MatReader.Classes
                ? classes[i]
                : throw Refuse($"labels must be in 0..{Cifar10MatReader.Classes - 1}, but label {i} is {classes[i]}");
    }

    private ReadOnlySpan<byte> Bytes(string name, Func<int, byte[]>? newBytes)
    {
        var array = (MatNumericArray)MatFile.Read(path, [name], null, newBytes)[name];
        if (array.Imaginary is not null)
            throw Refuse($"\"{name}\" must be real, but is complex");
        var numbers = array.Real;
        return numbers.Type == MatNumberType.UInt8 ? numbers.Bytes : numbers.ToArray<byte>();
    }

    // Images or labels, by rows.
    private long Check(IReadOnlyList<MatVariable> variables, string name, long columns)
    {
        var variable = variables.FirstOrDefault(variable => variable.Name == name)
            ?? throw Refuse($"there must be a variable \"{name}\", but there are: {string.Join(", ", variables.Select(other => other.Name))}");
        if (variable.Class != MatClass.UInt8 || variable.Dimensions is not [var rows, var width] || rows < 0 || width != columns)
            throw Refuse($"\"{name}\" must be N x {columns} UInt8, but is {string.Join(" x ", variable.Dimensions)} {variable.Class}");
        return rows;
    }

    private DataFormatException Refuse(string rule) => new(path, null, rule);
}
