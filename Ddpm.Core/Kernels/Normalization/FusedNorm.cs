using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Kernels;

/// <summary>
/// Group normalisation with what comes before and after it in a residual block, in two passes over memory, and its gradient in two more. Separate
/// operators read and write eight times, and keep each result between for the gradient. Where the kernels do not fit, it is <see cref="PlainNorm"/>.
/// </summary>
internal static class FusedNorm
{
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="weight">γ [C].</param>
    /// <param name="bias">β [C].</param>
    /// <param name="offset">Added to every pixel before, [N, C]; or null.</param>
    /// <param name="rule">The groups, and what follows.</param>
    /// <returns>[N, C, H, W]; it belongs to the caller's dispose scope.</returns>
    internal static Tensor Run(Tensor x, Tensor weight, Tensor bias, Tensor? offset, NormRule rule)
    {
        if (!FastKernels.Fit(x))
            return PlainNorm.Run(x, weight, bias, offset, rule);
        using var scope = NewDisposeScope();
        Tensor[] inputs = offset is null ? [x, weight, bias] : [x, weight, bias, offset];
        var statistics = empty(x.shape[0], 3, x.shape[1]);
        var result = is_grad_enabled() && inputs.Any(input => input.requires_grad)
            ? Differentiable.apply([new Call(rule, statistics), .. inputs])
            : Forward(rule, inputs, statistics);
        return result.MoveToOuterDisposeScope();
    }

    private static unsafe Tensor Forward(NormRule rule, Tensor[] inputs, Tensor statistics)
    {
        using var scope = NewDisposeScope();
        var x = inputs[0];
        var result = empty_like(x);
        var work = NormTensors.Describe(x, Single(inputs[1]), Single(inputs[2]), statistics, rule);
        work.Output = LibtorchOperator.Memory(result);
        work.Offset = inputs.Length > 3 ? (float*)LibtorchOperator.Memory(Single(inputs[3])) : null;
        NormTensors.Run(x.dtype, rule, work, back: false);
        return result.MoveToOuterDisposeScope();
    }

    private static unsafe Tensor?[] Backward(NormRule rule, IReadOnlyList<Tensor> saved, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var (x, weight, bias, statistics, hasOffset) = (saved[0], saved[1], saved[2], saved[3], saved.Count > 4);
        var (n, c) = (x.shape[0], x.shape[1]);
        var given = FastKernels.Fit(gradient) ? gradient : ChannelsLast.Of(gradient);
        var ofInput = empty_like(x);
        var (ofScale, ofShift, ofOffset) = (empty(n, c), empty(n, c), hasOffset ? empty(n, c) : null);
        var work = NormTensors.Describe(x, Single(weight), Single(bias), statistics, rule);
        work.Output = LibtorchOperator.Memory(ofInput);
        work.Gradient = LibtorchOperator.Memory(given);
        work.ScaleGradients = (float*)LibtorchOperator.Memory(ofScale);
        work.ShiftGradients = (float*)LibtorchOperator.Memory(ofShift);
        work.OffsetGradients = ofOffset is null ? null : (float*)LibtorchOperator.Memory(ofOffset);
        NormTensors.Run(x.dtype, rule, work, back: true);
        Tensor?[] gradients = [ofInput, ofScale.sum(dim: 0).to(weight.dtype), ofShift.sum(dim: 0).to(bias.dtype), ofOffset?.to(saved[^1].dtype)];
        return [.. gradients.Take(hasOffset ? 4 : 3).Select(made => made!.DetachFromDisposeScope())];
    }

    private static Tensor Single(Tensor x) => x.detach().to(ScalarType.Float32).contiguous();

    // The statistics are kept when forward has returned, and so must outlive it.
    private sealed record Call(NormRule Rule, Tensor Statistics);

    private sealed class Differentiable : autograd.SingleTensorFunction<Differentiable>
    {
        public override string Name => nameof(FusedNorm);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (call, inputs) = ((Call)vars[0], vars[1..].Cast<Tensor>().ToArray());
            ctx.save_data(nameof(NormRule), call.Rule);
            // The offset for its type alone: the statistics know its values.
            ctx.save_for_backward([.. inputs[..3], call.Statistics, .. inputs[3..]]);
            return Forward(call.Rule, inputs, call.Statistics);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            using var scope = NewDisposeScope();
            var saved = ctx.get_saved_variables();
            var rule = (NormRule)ctx.get_data(nameof(NormRule));
            Tensor Plain(IReadOnlyList<Tensor> inputs) => PlainNorm.Run(inputs[0], inputs[1], inputs[2], inputs.ElementAtOrDefault(3), rule);
            // Where the gradient is to be differentiated itself, it must be made of operators.
            return GradientFunction.Return(grad_output, saved.Count - 1, () => is_grad_enabled()
                ? GradientFunction.ByOperators(Plain, [.. saved[..3], .. saved[4..]], grad_output)
                : Backward(rule, saved, grad_output));
        }
    }
}
