using Ddpm.Formats;

namespace Ddpm;

/// <summary>One binary file of CIFAR: for each image, its labels in a byte each and 3072 pixels.</summary>
internal sealed class CifarBinaryBatch : ICifarBatch
{
    private readonly string path;
    private readonly int labelBytes, label, classes;

    /// <summary>Finds how many images there are.</summary>
    /// <param name="path">The file.</param>
    /// <param name="labelBytes">Labels that each image has.</param>
    /// <param name="label">Which of them is wanted, from 0.</param>
    /// <param name="classes">How many classes that one may name.</param>
    internal CifarBinaryBatch(string path, int labelBytes, int label, int classes)
    {
        (this.path, this.labelBytes, this.label, this.classes) = (path, labelBytes, label, classes);
        var length = new FileInfo(path).Length;
        if (length == 0 || length % Record != 0 || length > Array.MaxLength)
            throw new DataFormatException(
                path, null, $"it must hold {Record} bytes an image, an image at least and {Array.MaxLength} bytes at most, but has {length} bytes");
        Images = (int)(length / Record);
    }

    public int Images { get; }

    private int Record => labelBytes + (int)CifarFiles.Shape.Values;

    public void Read(Span<byte> pixels, Span<int> labels, ref byte[] buffer)
    {
        using var file = RandomAccessFile.Open(path);
        var input = new FileCursor(file, 0, file.Length);
        for (var i = 0; i < Images; i++)
        {
            var record = input.Take(Record);
            labels[i] = record[label];
            if (labels[i] >= classes)
                throw new DataFormatException(
                    path, (long)i * Record + label, $"a label must be in 0..{classes - 1}, but that of image {i} is {labels[i]}");
            record[labelBytes..].CopyTo(pixels[(i * (int)CifarFiles.Shape.Values)..]);
        }
    }
}
