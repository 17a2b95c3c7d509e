using System.Collections.Frozen;
using static TorchSharp.torch;

namespace Ddpm.Formats;

/// <summary>An element type: PyTorch's name, the bytes of a value, TorchSharp's type and the class of its storages, where there are such.</summary>
internal sealed record PytorchType(string Name, int Size, ScalarType? Scalar, string? Storage)
{
    /// <summary>By the name in the module torch.</summary>
    internal static FrozenDictionary<string, PytorchType> ByName { get; } = new PytorchType[]
    {
        new("float64", 8, ScalarType.Float64, "DoubleStorage"),
        new("float32", 4, ScalarType.Float32, "FloatStorage"),
        new("float16", 2, ScalarType.Float16, "HalfStorage"),
        new("bfloat16", 2, ScalarType.BFloat16, "BFloat16Storage"),
        new("int64", 8, ScalarType.Int64, "LongStorage"),
        new("int32", 4, ScalarType.Int32, "IntStorage"),
        new("int16", 2, ScalarType.Int16, "ShortStorage"),
        new("int8", 1, ScalarType.Int8, "CharStorage"),
        new("uint8", 1, ScalarType.Byte, "ByteStorage"),
        new("bool", 1, ScalarType.Bool, "BoolStorage"),
        new("uint16", 2, null, null),
        new("uint32", 4, null, null),
        new("uint64", 8, null, null),
    }.ToFrozenDictionary(type => type.Name, StringComparer.Ordinal);

    /// <summary>The class of a storage: what it holds; without a type, bytes.</summary>
    internal sealed record Store(PytorchType? Type)
    {
        internal int Size => Type?.Size ?? 1;
    }
}
