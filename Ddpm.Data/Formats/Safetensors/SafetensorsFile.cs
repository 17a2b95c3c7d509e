using System.IO.MemoryMappedFiles;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>A safetensors file, mapped into memory: opening reads only its header, and each tensor is copied out when asked for.</summary>
public sealed class SafetensorsFile : ITensorSource, IDisposable
{
    private readonly MemoryMappedViewAccessor view;
    private readonly Dictionary<string, TensorEntry> byName;

    private SafetensorsFile(string path, MemoryMappedViewAccessor view, long length)
    {
        (File, this.view) = (path, view);
        var declared = view.ReadUInt64(0);
        if (declared < 2 || declared > SafetensorsHeader.MaxBytes || declared > (ulong)(length - SafetensorsHeader.Start))
            throw new DataFormatException(
                path, 0, $"the header's length must be in 2..{SafetensorsHeader.MaxBytes} and within the file's {length} bytes, but is {declared}");
        var json = new byte[declared];
        view.SafeMemoryMappedViewHandle.ReadSpan<byte>(SafetensorsHeader.Start, json);
        var header = new SafetensorsHeader(path, json, length);
        (Entries, Metadata) = (header.Entries, header.Metadata);
        byName = Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public string File { get; }

    /// <summary>The tensors, in the order in which their values lie in the file.</summary>
    public IReadOnlyList<TensorEntry> Entries { get; }

    /// <summary>What the writer noted; empty if nothing.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file and checks its header and layout.</summary>
    /// <param name="path">The file; it must not be changed while it is open.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFormatException">The file breaks a rule of the format.</exception>
    public static SafetensorsFile Open(string path)
    {
        using var stream = InputFile.Open(path);
        var length = stream.Length;
        if (length < SafetensorsHeader.Start + 2)
            throw new DataFormatException(path, 0, $"a safetensors file has at least {SafetensorsHeader.Start + 2} bytes, but this has {length}");
        using var mapping = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        var view = mapping.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        try
        {
            return new SafetensorsFile(path, view, length);
        }
        catch
        {
            view.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public bool Contains(string name) => byName.ContainsKey(name);

    /// <inheritdoc/>
    public Tensor Read(string name)
    {
        if (!byName.TryGetValue(name, out var entry))
            throw new KeyNotFoundException($"{File} has no tensor \"{name}\".");
        if (entry.Type is not { } type)
            throw new NotSupportedException($"{File}: tensor \"{name}\" is of type {entry.Code}, for which TorchSharp has no tensors.");
        var tensor = empty([.. entry.Shape], type, CPU);
        try
        {
            TensorBytes.Visit(tensor, (offset, bytes) => Fill(entry, offset, bytes));
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
        return tensor;
    }

    private void Fill(TensorEntry entry, long offset, Span<byte> bytes)
    {
        view.SafeMemoryMappedViewHandle.ReadSpan((ulong)(entry.Offset + offset), bytes);
        if (entry.Type == ScalarType.Bool && bytes.IndexOfAnyExceptInRange((byte)0, (byte)1) is >= 0 and var wrong)
            throw new DataFormatException(File, entry.Offset + offset + wrong, $"BOOL must be 0 or 1, but \"{entry.Name}\" holds {bytes[wrong]}");
    }

    /// <summary>Closes the file. Tensors that were read stay valid.</summary>
    public void Dispose() => view.Dispose();
}
