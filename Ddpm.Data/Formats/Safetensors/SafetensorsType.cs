using static TorchSharp.torch;

namespace Ddpm.Formats;

/// <summary>An element type of safetensors: how it is written, the bytes of a value, and TorchSharp's type where there is one.</summary>
internal sealed record SafetensorsType(string Code, int Size, ScalarType? Scalar)
{
    internal static IReadOnlyList<SafetensorsType> All { get; } =
    [
        new("BOOL", 1, ScalarType.Bool), new("U8", 1, ScalarType.Byte), new("I8", 1, ScalarType.Int8),
        new("U16", 2, null), new("I16", 2, ScalarType.Int16), new("F16", 2, ScalarType.Float16), new("BF16", 2, ScalarType.BFloat16),
        new("U32", 4, null), new("I32", 4, ScalarType.Int32), new("F32", 4, ScalarType.Float32),
        new("U64", 8, null), new("I64", 8, ScalarType.Int64), new("F64", 8, ScalarType.Float64),
    ];
}
