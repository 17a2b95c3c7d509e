namespace Ddpm;

/// <summary>The loss or its gradient is no longer finite. The weights are those of the last good step.</summary>
public sealed class TrainingDivergedException : Exception
{
    internal TrainingDivergedException(int step, double loss, double gradientNorm, int inARow = 1)
        : base(
            $"Training must stay finite, but in step {step} the loss is {loss} and the gradient's norm {gradientNorm}"
            + (inARow > 1 ? $", after {inARow - 1} such steps before it that were skipped. " : ". ")
            + "A lower learning rate, warm-up or clipping may help.")
        => (Step, Loss, GradientNorm) = (step, loss, gradientNorm);

    /// <summary>The last step, from 1.</summary>
    public int Step { get; }

    /// <summary>Its loss.</summary>
    public double Loss { get; }

    /// <summary>Its gradient's norm.</summary>
    public double GradientNorm { get; }
}
