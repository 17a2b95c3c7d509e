using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>
/// Computes a part of a network without keeping what the gradient needs: only its inputs are kept, and on the way back it is computed again (Chen et
/// al. 2016, "Training deep nets with sublinear memory cost").
/// </summary>
public static class ActivationCheckpoint
{
    /// <summary>Computes it now, and once more when a gradient goes back through it, on whatever thread that happens.</summary>
    /// <param name="compute">
    /// Makes one tensor of the inputs, the caller's or others like them, and does the same each time: what is drawn in it must not depend on what was
    /// drawn before. The gradients of weights that it uses are added to theirs.
    /// </param>
    /// <param name="inputs">At least one. Of each that requires a gradient the gradient goes on; where none does, or none is recorded, this is but a
    /// call.</param>
    /// <returns>The result; the caller owns it.</returns>
    /// <exception cref="ArgumentException">There are no inputs.</exception>
    public static Tensor Run(Func<IReadOnlyList<Tensor>, Tensor> compute, params IReadOnlyList<Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(compute);
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Count == 0)
            throw new ArgumentException("There must be at least one input, but there is none.", nameof(inputs));
        return is_grad_enabled() && inputs.Any(input => input.requires_grad)
            ? Recomputed.apply([compute, .. inputs])
            : compute(inputs);
    }

    private sealed class Recomputed : autograd.SingleTensorFunction<Recomputed>
    {
        private const string Compute = nameof(Compute);

        public override string Name => nameof(ActivationCheckpoint);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (compute, inputs) = ((Func<IReadOnlyList<Tensor>, Tensor>)vars[0], vars[1..].Cast<Tensor>().ToList());
            ctx.save_data(Compute, compute);
            ctx.save_for_backward(inputs);
            return compute(inputs);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            using var scope = NewDisposeScope();
            var inputs = ctx.get_saved_variables();
            return GradientFunction.Return(grad_output, inputs.Count, () => Gradients(ctx, inputs, grad_output));
        }

        private static Tensor?[] Gradients(autograd.AutogradContext ctx, List<Tensor> saved, Tensor gradient)
        {
            using var scope = NewDisposeScope();
            using var recording = enable_grad();
            Tensor[] inputs = [.. saved.Select(input => input.detach().requires_grad_(input.requires_grad))];
            var result = ((Func<IReadOnlyList<Tensor>, Tensor>)ctx.get_data(Compute))(inputs);
            autograd.backward([result], [gradient]);
            return [.. inputs.Select(input => input.grad?.DetachFromDisposeScope())];
        }
    }
}
