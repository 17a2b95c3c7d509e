using static TorchSharp.torch;

namespace Ddpm;

/// <summary>What a safetensors file says of one of its tensors.</summary>
public sealed class TensorEntry
{
    internal TensorEntry(string name, SafetensorsType type, IReadOnlyList<long> shape, long offset, long length) =>
        (Name, Code, Type, Shape, Offset, Length) = (name, type.Code, type.Scalar, shape, offset, length);

    /// <summary>Its name; may be empty.</summary>
    public string Name { get; }

    /// <summary>Its type as the file writes it: F32, BF16, I64, …</summary>
    public string Code { get; }

    /// <summary>Its type as a tensor; null for U16, U32 and U64, which TorchSharp lacks.</summary>
    public ScalarType? Type { get; }

    /// <summary>Its sizes, rows first; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Where its values start, in bytes from the start of the file.</summary>
    public long Offset { get; }

    /// <summary>How many bytes its values take.</summary>
    public long Length { get; }
}
