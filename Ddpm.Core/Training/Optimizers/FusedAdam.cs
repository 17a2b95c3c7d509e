using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>libtorch's own Adam: one pass over weights, gradient and moments, with clipping and skipping inside.</summary>
internal static class FusedAdam
{
    /// <returns>Whether this libtorch has the operator for these tensors; else nothing has happened.</returns>
    internal static bool TryApply(AdamRule rule, OptimizerStep step)
    {
        if (!LibtorchOperator.AreCallable || step.Weights.device_type is not (DeviceType.CPU or DeviceType.CUDA))
            return false;
        using var scope = NewDisposeScope();
        var skipped = step.Taken.SubtractedFrom(1);
        LibtorchOperator.Call(
            rule.WeightDecay > 0 ? "aten::_fused_adamw_"u8 : "aten::_fused_adam_"u8,
            [
                LibtorchOperator.List(step.Weights), LibtorchOperator.List(step.Gradient), LibtorchOperator.List(step.Moments[0]),
                LibtorchOperator.List(step.Moments[1]), LibtorchOperator.List(), LibtorchOperator.List(step.Count),
                LibtorchOperator.Number(step.LearningRate), LibtorchOperator.Number(rule.Beta1), LibtorchOperator.Number(rule.Beta2),
                LibtorchOperator.Number(rule.WeightDecay), LibtorchOperator.Number(rule.Epsilon), LibtorchOperator.Flag(false),
                LibtorchOperator.Flag(false), LibtorchOperator.Optional(step.GradientDivisor), LibtorchOperator.Optional(skipped),
            ]);
        return true;
    }
}
