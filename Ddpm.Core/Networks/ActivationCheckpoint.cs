using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>
/// Computes a part of a network without keeping what the gradient needs: only its inputs are kept, and on the way back it is computed again (Chen et
/// al. 2016, "Training deep nets with sublinear memory cost").
/// </summary>
public static class ActivationCheckpoint
{
    private static Exception? fault;

    // What the last function on this thread returned: libtorch copies the handles after the call, so that nothing else may free them before.
    [ThreadStatic]
    private static List<Tensor>? returned;

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

    /// <summary>What went wrong in a computation on the way back, of which libtorch tells only that something did; null: nothing.</summary>
    internal static Exception? TakeFault() => Interlocked.Exchange(ref fault, null);

    /// <summary>Frees the few tensors that the last gradient on this thread has left.</summary>
    internal static void Forget()
    {
        returned?.ForEach(gradient => gradient?.Dispose());
        returned = null;
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
            Forget();
            try
            {
                returned = [null!, .. Gradients(ctx, grad_output)];
            }
            // An exception may not leave through libtorch, which would end the process: a gradient of no possible shape makes it raise one of its own.
            catch (Exception caught)
            {
                fault = caught;
                returned = [null!, .. Impossible(ctx)];
            }
            grad_output.Dispose();
            return returned;
        }

        private static Tensor[] Gradients(autograd.AutogradContext ctx, Tensor gradient)
        {
            using var scope = NewDisposeScope();
            using var recording = enable_grad();
            Tensor[] inputs = [.. ctx.get_saved_variables().Select(saved => saved.detach().requires_grad_(saved.requires_grad))];
            var result = ((Func<IReadOnlyList<Tensor>, Tensor>)ctx.get_data(Compute))(inputs);
            autograd.backward([result], [gradient]);
            return [.. inputs.Select(input => input.grad?.DetachFromDisposeScope()!)];
        }

        private static IEnumerable<Tensor> Impossible(autograd.AutogradContext ctx)
        {
            using var scope = NewDisposeScope();
            return [.. ctx.get_saved_variables().Select(saved => zeros([1, 1, 1, 1, 1, 1, 7]).DetachFromDisposeScope())];
        }
    }
}
