using System.Runtime.ConstrainedExecution;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Kernels;

/// <summary>Numbers in memory that .NET does not move, beginning with a line of the cache.</summary>
internal sealed unsafe class NativeValues : CriticalFinalizerObject, IDisposable
{
    private const int Line = 64;

    private float* first;

    internal NativeValues(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Count = count;
        first = (float*)NativeMemory.AlignedAlloc((nuint)Math.Max(count, 1) * sizeof(float), Line);
    }

    internal long Count { get; }

    /// <summary>A copy of a tensor's values, in the order of its indices.</summary>
    internal static NativeValues Of(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var values = tensor.detach().to(ScalarType.Float32, CPU).contiguous();
        var copy = new NativeValues(values.numel());
        Buffer.MemoryCopy(LibtorchOperator.Memory(values), copy.First, copy.Count * sizeof(float), copy.Count * sizeof(float));
        return copy;
    }

    internal float* First => first != null ? first : throw new ObjectDisposedException(nameof(NativeValues));

    /// <summary>Copies of several, one after another.</summary>
    internal static NativeValues Joined(IReadOnlyList<Tensor> tensors)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return Of(tensors is [var one] ? one : cat([.. tensors]));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(first);
        first = null;
    }

    ~NativeValues() => Free();
}
