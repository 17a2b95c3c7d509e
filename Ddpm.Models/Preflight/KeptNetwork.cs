using Ddpm.Networks;
using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>What trying out a gradient changes in a network and in libtorch's own draws: all is as it was once this is disposed.</summary>
internal sealed class KeptNetwork : IDisposable
{
    private readonly TrainingMode mode;
    private readonly (TorchSharp.Modules.Parameter Weights, Tensor? Gradient)[] gradients;
    private readonly (Tensor Buffer, Tensor Copy)[] buffers;
    private readonly Tensor draws;

    private KeptNetwork(nn.Module module)
    {
        using var noGrad = no_grad();
        mode = TrainingMode.Of(module);
        gradients = [.. module.parameters().DistinctBy(weights => weights.Handle)
            .Select(weights => (weights, weights.grad?.DetachFromDisposeScope()))];
        buffers = [.. module.buffers().DistinctBy(buffer => buffer.Handle)
            .Select(buffer => (buffer, buffer.clone().DetachFromDisposeScope()))];
        draws = random.get_rng_state().DetachFromDisposeScope();
        DropGradients();
    }

    internal static KeptNetwork Of(nn.Module module) => new(module);

    internal void DropGradients()
    {
        foreach (var (weights, _) in gradients)
            weights.grad = null;
    }

    public void Dispose()
    {
        using var noGrad = no_grad();
        foreach (var (weights, gradient) in gradients)
        {
            weights.grad = gradient;
            gradient?.Dispose();
        }
        foreach (var (buffer, copy) in buffers)
        {
            buffer.copy_(copy);
            copy.Dispose();
        }
        random.set_rng_state(draws);
        draws.Dispose();
        mode.Restore();
    }
}
