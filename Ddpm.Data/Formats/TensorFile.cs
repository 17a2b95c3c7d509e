using static TorchSharp.torch;

namespace Ddpm.Formats;

/// <summary>
/// An open file of tensors: safetensors, or what PyTorch's <c>torch.save</c> wrote (.pth, .pt, .ckpt, .bin), of which nothing can run. It must not
/// be changed while it is open: what is cut off then is missed by a <see cref="DataFormatException"/>, what is overwritten may be read as it is.
/// </summary>
public sealed class TensorFile : IDisposable
{
    private const int Start = 9;

    private readonly ITensorFile file;

    private TensorFile(ITensorFile file) => this.file = file;

    /// <summary>The file, for messages.</summary>
    public string File => file.File;

    /// <summary>
    /// All tensors, grouped as the file groups them: one group in safetensors, any number in PyTorch's files, outer ones first. Items of lists are
    /// named by their index, integer keys by their digits; an object that is itself a tensor is one tensor of the name "".
    /// </summary>
    public IReadOnlyList<StateDictionary> Dictionaries => file.Dictionaries;

    /// <summary>
    /// The classes and functions of Python that a PyTorch file names and that are not known here, such as "argparse.Namespace". What the file makes
    /// of them was passed over. In safetensors there are none.
    /// </summary>
    public IReadOnlyList<string> PassedOver => (file as PytorchFile)?.PassedOver ?? [];

    /// <summary>Whether the saved object is a list or tuple (<see cref="PytorchFile.IsSequence"/>).</summary>
    internal bool IsSequence => file is PytorchFile { IsSequence: true };

    /// <summary>Opens a file and checks everything but the tensors' values. The first bytes tell the format, whatever the name.</summary>
    /// <param name="path">The file; it must not be changed while it is open.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFormatException">The file is of another format, breaks a rule of its own, or holds what is not read.</exception>
    public static TensorFile Open(string path)
    {
        Span<byte> start = stackalloc byte[Start];
        using (var file = RandomAccessFile.Open(path))
        {
            start = start[..(int)Math.Min(Start, file.Length)];
            file.Read(0, start);
        }
        // A header of 640 bytes starts as a pickle does, but no pickle of PyTorch's goes on with the brace.
        if (start.Length == Start && start[^1] == '{')
            return new(SafetensorsFile.Open(path));
        if (PytorchFile.IsZip(start) || PytorchFile.IsLegacy(start))
            return new(PytorchFile.Open(path));
        throw new DataFormatException(path, 0, $"this is neither a safetensors nor a PyTorch file: it starts with {Convert.ToHexString(start)}");
    }

    /// <summary>Writes a safetensors file; the same tensors always give the same bytes. It appears whole or not at all.</summary>
    /// <param name="path">The file, replaced if it is there; on failure an older one stays.</param>
    /// <param name="tensors">Names and tensors of any device and layout in memory; they stay the caller's.</param>
    /// <exception cref="ArgumentException">A name occurs twice or is not text, a type has no counterpart, or a limit is passed.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors) => SafetensorsWriter.Write(path, tensors);

    /// <summary>Closes the file. Tensors that were read stay valid.</summary>
    public void Dispose() => file.Dispose();
}
