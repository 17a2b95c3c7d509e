using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>
/// A tensor that a module computes with and that is in no file of weights. TorchSharp has buffers for that, but leaves those that are in no file
/// where they were when the module moves; and whatever tensor is a field of a module is in its files.
/// </summary>
internal sealed class ModuleConstant(Tensor value) : IDisposable
{
    internal Tensor Value { get; private set; } = value.DetachFromDisposeScope();

    /// <summary>Moves it; null: it stays where it is.</summary>
    internal void MoveTo(Device? device, bool nonBlocking)
    {
        if (device is null || Value.device.Equals(device))
            return;
        var moved = Value.to(device, non_blocking: nonBlocking).DetachFromDisposeScope();
        Value.Dispose();
        Value = moved;
    }

    public void Dispose() => Value.Dispose();
}
