namespace Ddpm.Training;

/// <summary>The learning rate, and how it rises.</summary>
internal static class RateCheck
{
    private const double HighestOfAdam = 1e-2, LowestOfAdam = 1e-6;

    internal static IEnumerable<TrainingFinding> Of(TrainingOptions options)
    {
        var (steps, warmup, rate) = (options.Steps, options.WarmupSteps, options.LearningRate);
        if (warmup > steps)
            yield return TrainingFinding.Warning(
                TrainingFindingKind.WarmupTooLong,
                $"The learning rate rises over {warmup} steps, but the run has {steps}: it ends "
                + $"at {options.LearningRateAt(steps - 1):G3} instead of {rate:G3}.",
                $"Set {nameof(options.WarmupSteps)} to a tenth of the steps or less, {steps / 10}.");
        else if (2L * warmup > steps)
            yield return TrainingFinding.Note(
                TrainingFindingKind.WarmupTooLong, $"For {warmup} of the {steps} steps the learning rate is still rising.",
                $"A tenth of the steps, {steps / 10}, is usual at most.");
        if (options.Optimizer is AdamRule && rate >= HighestOfAdam)
            yield return TrainingFinding.Warning(
                TrainingFindingKind.LearningRateUnusual, $"The learning rate is {rate:G3}; with Adam most networks diverge at {HighestOfAdam:G3}.",
                $"Published recipes have 2E-05 to 0.001.");
        if (options.Optimizer is AdamRule && rate <= LowestOfAdam)
            yield return TrainingFinding.Warning(
                TrainingFindingKind.LearningRateUnusual,
                $"The learning rate is {rate:G3}; a step of Adam moves a weight by about as much, so that "
                + $"{steps} steps move it by {rate * steps:G3} at most.",
                $"Published recipes have 2E-05 to 0.001.");
    }
}
