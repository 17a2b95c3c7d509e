using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>
/// Clipping by the norm of all gradients together (Pascanu et al. 2013), as PyTorch's clip_grad_norm_; nothing is read from the device.
/// </summary>
internal static class GradientNorm
{
    // PyTorch's, against a norm of 0.
    private const double Smallest = 1e-6;

    /// <summary>Scales the gradients so that their norm is at most <paramref name="most"/>; null: they stay.</summary>
    /// <returns>The norm before, a scalar that belongs to the caller's dispose scope; NaN or infinite where a gradient is.</returns>
    internal static Tensor Clip(IEnumerable<Parameter> parameters, double? most)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        Tensor[] gradients = [.. parameters.Select(parameter => parameter.grad).OfType<Tensor>()];
        var norm = stack(Array.ConvertAll(gradients, gradient => gradient.norm())).norm();
        if (most is { } limit)
        {
            var factor = (limit / (norm + Smallest)).clamp(max: 1);
            foreach (var gradient in gradients)
                gradient.mul_(factor);
        }
        return norm.MoveToOuterDisposeScope();
    }
}
