using System.Buffers.Binary;
using static TorchSharp.torch;

namespace Ddpm.Formats;

/// <summary>A safetensors file: opening reads only its header, and each tensor is copied out when asked for.</summary>
internal sealed class SafetensorsFile : ITensorFile, ITensorSource
{
    private readonly RandomAccessFile file;
    private readonly StateDictionary tensors;

    private SafetensorsFile(RandomAccessFile file)
    {
        this.file = file;
        if (file.Length < SafetensorsHeader.Start + 2)
            throw new DataFormatException(
                File, 0, $"a safetensors file has at least {SafetensorsHeader.Start + 2} bytes, but this has {file.Length}");
        Span<byte> start = stackalloc byte[SafetensorsHeader.Start];
        file.Read(0, start);
        var declared = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (declared < 2 || declared > SafetensorsHeader.MaxBytes || declared > (ulong)(file.Length - SafetensorsHeader.Start))
            throw new DataFormatException(
                File,
                0,
                $"the header's length must be in 2..{SafetensorsHeader.MaxBytes} and within the file's {file.Length} bytes, but is {declared}");
        var json = new byte[declared];
        file.Read(SafetensorsHeader.Start, json);
        var header = new SafetensorsHeader(File, json, file.Length);
        Metadata = header.Metadata;
        tensors = new StateDictionary(File, "", header.Entries, index => Read(header.Entries[index]));
    }

    /// <inheritdoc cref="ITensorSource.File"/>
    public string File => file.Path;

    /// <summary>The tensors, in the order in which their values lie in the file.</summary>
    public IReadOnlyList<TensorEntry> Entries => tensors.Entries;

    /// <summary>What the writer noted; empty if nothing.</summary>
    internal IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>All tensors, under the key "".</summary>
    public IReadOnlyList<StateDictionary> Dictionaries => [tensors];

    /// <summary>Opens a file and checks its header and layout.</summary>
    /// <param name="path">The file; it must not be changed while it is open.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFormatException">The file breaks a rule of the format.</exception>
    internal static SafetensorsFile Open(string path)
    {
        var file = RandomAccessFile.Open(path);
        try
        {
            return new SafetensorsFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public bool Contains(string name) => tensors.Contains(name);

    /// <inheritdoc/>
    public Tensor Read(string name) => tensors.Read(name);

    private Tensor Read(TensorEntry entry) => TensorBytes.New(entry.Shape, entry.Type!.Value, (offset, bytes) =>
    {
        file.Read(entry.Offset + offset, bytes);
        TensorBytes.CheckTruth(File, entry.Offset + offset, entry.Type, bytes);
    });

    /// <summary>Closes the file. Tensors that were read stay valid.</summary>
    public void Dispose() => file.Dispose();
}
