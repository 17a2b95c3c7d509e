using static TorchSharp.torch;

namespace Ddpm.Formats;

/// <summary>What a file says of one of its tensors.</summary>
public sealed class TensorEntry
{
    internal TensorEntry(string name, string code, ScalarType? type, IReadOnlyList<long> shape, long offset, long length) =>
        (Name, Code, Type, Shape, Offset, Length) = (name, code, type, shape, offset, length);

    /// <summary>Its name; may be empty.</summary>
    public string Name { get; }

    /// <summary>Its type as the format calls it: F32, BF16, I64, … in safetensors, float32, bfloat16, int64, … in PyTorch's files.</summary>
    public string Code { get; }

    /// <summary>Its type as a tensor; null for unsigned integers of 16, 32 and 64 bits, which TorchSharp lacks.</summary>
    public ScalarType? Type { get; }

    /// <summary>Its sizes, rows first; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Where its first value lies, in bytes from the file's start. In safetensors the others follow; a PyTorch view may skip.</summary>
    internal long Offset { get; }

    /// <summary>How many bytes its values take once read.</summary>
    internal long Length { get; }
}
