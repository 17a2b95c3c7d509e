using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>What an <see cref="OptimizerRule"/> works on: every tensor is [n], all weights one after the other, and changes in
/// place. Of processes that share the update (<see cref="TrainingOptions.ShardOptimizer"/>) each has a slice of them.</summary>
public sealed class OptimizerStep
{
    internal OptimizerStep(Tensor weights, Tensor gradient, IReadOnlyList<Tensor> moments, Tensor count, Tensor taken, Tensor divisor, double rate) =>
        (Weights, Gradient, Moments, Count, Taken, GradientDivisor, LearningRate) = (weights, gradient, moments, count, taken, divisor, rate);

    /// <summary>The weights.</summary>
    public Tensor Weights { get; }

    /// <summary>Their gradient before clipping; the rule may change what lies there.</summary>
    public Tensor Gradient { get; }

    /// <summary>What the gradient is divided by, a scalar ≥ 1: clipping by norm.</summary>
    public Tensor GradientDivisor { get; }

    /// <summary>What <see cref="OptimizerRule.Moments"/> names, zeros at first.</summary>
    public IReadOnlyList<Tensor> Moments { get; }

    /// <summary>Steps taken, this one included; a float32 scalar.</summary>
    public Tensor Count { get; }

    /// <summary>
    /// 1, or 0 where the step is skipped as its loss or gradient is not finite: then nothing may change, the gradient's NaN least of all. A scalar
    /// on the weights' device, so that the host need not wait for it.
    /// </summary>
    public Tensor Taken { get; }

    /// <summary>The learning rate of this step.</summary>
    public double LearningRate { get; }

    /// <summary>The gradient after clipping, zeros where the step is skipped; in the caller's dispose scope.</summary>
    public Tensor ClippedGradient() => (Gradient / GradientDivisor).Masked(Taken.IsZero(), 0);
}
