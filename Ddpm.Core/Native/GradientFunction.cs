using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// What functions with gradients of their own have in common. libtorch calls them back, takes what they return after the call, and can hear of no
/// exception.
/// </summary>
internal static class GradientFunction
{
    private static Exception? fault;

    // What the last function on this thread returned: libtorch copies the handles after the call, so that nothing else may free them before.
    [ThreadStatic]
    private static List<Tensor>? returned;

    /// <summary>What went wrong in a computation on the way back, of which libtorch tells only that something did; null: nothing.</summary>
    internal static Exception? TakeFault() => Interlocked.Exchange(ref fault, null);

    /// <summary>Frees the few tensors that the last gradient on this thread has left.</summary>
    internal static void Forget()
    {
        returned?.ForEach(gradient => gradient?.Dispose());
        returned = null;
    }

    /// <summary>The result of a function's backward.</summary>
    /// <param name="gradient">Of what the function returned; it is disposed.</param>
    /// <param name="inputs">How many tensors the function took, after one thing that is none.</param>
    /// <param name="compute">Makes their gradients, each null or outside of any dispose scope.</param>
    internal static List<Tensor> Return(Tensor gradient, int inputs, Func<Tensor?[]> compute)
    {
        List<Tensor> results;
        try
        {
            results = [null!, .. compute().Select(made => made!)];
        }
        // An exception may not leave through libtorch, which would end the process: a gradient of no possible shape makes it raise one of its own.
        catch (Exception caught)
        {
            fault = caught;
            using var scope = NewDisposeScope();
            results = [null!, .. Enumerable.Range(0, inputs).Select(_ => zeros([1, 1, 1, 1, 1, 1, 7]).DetachFromDisposeScope())];
        }
        gradient.Dispose();
        // Now, as computing may have been a way back of its own.
        Forget();
        return returned = results;
    }

    /// <summary>Gradients that can be differentiated themselves, as they are made of operators.</summary>
    /// <param name="compute">What the function computes.</param>
    /// <param name="inputs">Its tensors.</param>
    /// <param name="gradient">Of its result.</param>
    /// <returns>One for each input, outside of any dispose scope; null for those that require none.</returns>
    internal static Tensor?[] ByOperators(Func<IReadOnlyList<Tensor>, Tensor> compute, IReadOnlyList<Tensor> inputs, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        Tensor[] asked = [.. inputs.Where(input => input.requires_grad)];
        var made = new Queue<Tensor>(autograd.grad([compute(inputs)], asked, [gradient], retain_graph: true, create_graph: true));
        return [.. inputs.Select(input => input.requires_grad ? made.Dequeue().DetachFromDisposeScope() : null)];
    }
}
