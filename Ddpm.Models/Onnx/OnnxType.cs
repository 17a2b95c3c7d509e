namespace Ddpm.Onnx;

/// <summary>TensorProto.DataType, those of its values that are used.</summary>
internal enum OnnxType
{
    Float = 1,
    Int64 = 7,
}
