using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>Tensors as ONNX Runtime takes them.</summary>
internal sealed class OnnxInputs : IDisposable
{
    private readonly List<string> names = [];
    private readonly List<OrtValue> values = [];

    public IReadOnlyCollection<string> Names => names;

    public IReadOnlyCollection<OrtValue> Values => values;

    /// <summary>Adds a copy of a tensor.</summary>
    /// <param name="name">The input's.</param>
    /// <param name="tensor">Of any device and layout in memory.</param>
    /// <param name="type">float32 or int64.</param>
    public void Add(string name, Tensor tensor, ScalarType type = ScalarType.Float32)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var plain = tensor.detach().to(type).cpu().contiguous();
        names.Add(name);
        values.Add(type == ScalarType.Int64 ? Of<long>(plain) : Of<float>(plain));
    }

    public void Dispose() => values.ForEach(value => value.Dispose());

    private static OrtValue Of<T>(Tensor tensor)
        where T : unmanaged => OrtValue.CreateTensorValueFromMemory(tensor.data<T>().ToArray(), tensor.shape);
}
