namespace Ddpm.Formats;

/// <summary>
/// A file that PyTorch's <c>torch.save</c> wrote (.pth, .pt, .ckpt, .bin), of the present zip format or the one before 1.6: opening reads what is
/// saved, and each tensor's values are copied out when asked for. Such a file is a program for Python's pickle machine; here nothing of it can run:
/// only tensors, numbers, text and containers are known. Whatever else a file names (<c>argparse.Namespace</c>, NumPy's numbers, callbacks) is
/// neither looked up nor made: it is passed over (<see cref="PassedOver"/>), and the tensors beside it are read. Only a tensor that needs such a
/// thing is refused.
/// </summary>
/// <remarks>
/// A file is refused whose tensors cannot be reached at all, such as a module saved whole (save its <c>state_dict()</c> instead) or NumPy's arrays;
/// so are sparse, complex, quantised and 8-bit float tensors, and files of pickle protocols other than 2. A class derived from dict or list is read
/// as one. What lies under a key that is a tuple or an object is passed over. Views, strides, shared storages and big-endian files are read. A
/// storage's checksum is checked when it is first read; the older format has none.
/// </remarks>
internal sealed class PytorchFile : ITensorFile
{
    private const int SpareBytes = 64 << 20;

    private readonly RandomAccessFile file;

    private PytorchFile(RandomAccessFile file, long? maxBytes)
    {
        this.file = file;
        Span<byte> start = stackalloc byte[4];
        start = start[..(int)Math.Min(start.Length, file.Length)];
        file.Read(0, start);
        var content = IsZip(start) ? PytorchZip.Read(file)
            : IsLegacy(start) ? PytorchLegacy.Read(file)
            : throw new DataFormatException(File, 0, $"a PyTorch file starts with 504B0304 or 8002, but this with {Convert.ToHexString(start)}");
        IsSequence = content.Root is List<object> or object[];
        var reader = new PytorchTensorReader(file, content.BigEndian);
        Dictionaries = new PytorchGraph(File, reader, maxBytes ?? 2 * file.Length + SpareBytes).Find(content.Root);
        PassedOver = content.Others;
        if (Dictionaries.Count == 0 && PassedOver.Count > 0)
            throw new DataFormatException(File, null,
                $"no tensor can be reached: any lie in {Quote.Of(PassedOver[0])}, which is not known here; save a module's state_dict() instead");
    }

    /// <inheritdoc/>
    public string File => file.Path;

    /// <summary>
    /// Every dictionary, list or tuple that holds tensors itself, in the order of the file, outer ones first; what else it holds is left out
    /// (<see cref="StateDictionary.HoldsOnlyTensors"/>). Items of lists are named by their index, integer keys by their digits. An object that is
    /// itself a tensor is listed as one tensor of the name "".
    /// </summary>
    public IReadOnlyList<StateDictionary> Dictionaries { get; }

    /// <summary>
    /// The classes and functions of Python that the file names and that are not known here, such as "argparse.Namespace". What the file makes of them
    /// was passed over.
    /// </summary>
    internal IReadOnlyList<string> PassedOver { get; }

    /// <summary>Whether the saved object is a list or tuple, as some training loops save: weights, optimiser, steps, averaged weights.</summary>
    internal bool IsSequence { get; }

    /// <summary>Opens a file and checks everything but the tensors' values.</summary>
    /// <param name="path">The file; it must not be changed while it is open.</param>
    /// <param name="maxBytes">The most bytes that all tensors may take together once read; null for 2 x the file + 64 MB.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFormatException">The file breaks a rule of the format, or holds what is not read; the message names it.</exception>
    internal static PytorchFile Open(string path, long? maxBytes = null)
    {
        var file = RandomAccessFile.Open(path);
        try
        {
            return new PytorchFile(file, maxBytes);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Closes the file. Tensors that were read stay valid.</summary>
    public void Dispose() => file.Dispose();

    internal static bool IsZip(ReadOnlySpan<byte> start) => start.StartsWith("PK\x03\x04"u8);

    internal static bool IsLegacy(ReadOnlySpan<byte> start) => start.StartsWith((ReadOnlySpan<byte>)[0x80, 0x02]);
}
