namespace Ddpm.Training;

/// <summary>
/// How a gradient changes the weights: <see cref="Adam"/>, <see cref="AdamW"/>, or a rule of one's own. Rules are plain data without state; their
/// moments belong to the run, which saves them. Two rules are equal if they do the same.
/// </summary>
public abstract record OptimizerRule
{
    /// <summary>The names of the tensors that the rule keeps from step to step, each of the weights' size.</summary>
    public abstract IReadOnlyList<string> Moments { get; }

    /// <summary>Adam (Kingma and Ba 2015, algorithm 1).</summary>
    /// <param name="beta1">Decay of the mean of gradients, in [0, 1).</param>
    /// <param name="beta2">Decay of the mean of their squares, in [0, 1).</param>
    /// <param name="epsilon">Added to the root of that, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static OptimizerRule Adam(double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8) => new AdamRule(beta1, beta2, epsilon);

    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2): every weight also shrinks by rate times decay.</summary>
    /// <param name="weightDecay">λ, ≥ 0; 0.01 is PyTorch's.</param>
    /// <param name="beta1">As for <see cref="Adam"/>.</param>
    /// <param name="beta2">As for <see cref="Adam"/>.</param>
    /// <param name="epsilon">As for <see cref="Adam"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static OptimizerRule AdamW(double weightDecay = 0.01, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8) =>
        new AdamRule(beta1, beta2, epsilon, weightDecay);

    /// <summary>
    /// Whether a weight's change follows from its own gradient, moments and value alone, so that the rule may be applied to a slice of all weights
    /// (<see cref="TrainingOptions.ShardOptimizer"/>). No by default: a rule may go by the norm of them all.
    /// </summary>
    public virtual bool WorksOnSlices() => false;

    /// <summary>Changes weights and moments in place, without a gradient being recorded. What it makes is freed by an open dispose scope.</summary>
    /// <param name="given">The weights, their gradient and the moments in the order of <see cref="Moments"/>.</param>
    public abstract void Apply(OptimizerStep given);
}
