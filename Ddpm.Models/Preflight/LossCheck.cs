using Ddpm.Parameterizations;

namespace Ddpm.Training;

/// <summary>Whether the loss teaches what the network is to say.</summary>
internal static class LossCheck
{
    internal static IEnumerable<TrainingFinding> Of(Parameterization parameterization, TrainingOptions options)
    {
        var hasBound = options.BoundWeight > 0 || options.Loss == LossKind.VariationalBound;
        if (parameterization.Variance != LearnedVariance.None && !hasBound)
            yield return TrainingFinding.Warning(
                TrainingFindingKind.VarianceNotLearned,
                $"The network says the variance, but {nameof(options.BoundWeight)} is 0: its second half of channels learns nothing, "
                + $"and sampling would go by it.",
                $"Set {nameof(options.BoundWeight)} to 0.001 (Nichol and Dhariwal 2021).");
        if (options.Levels is ImportanceLevels && options.Loss != LossKind.VariationalBound)
            yield return TrainingFinding.Warning(
                TrainingFindingKind.ImportanceWithoutBound,
                $"Steps are drawn by their losses, which is made for the bound, but the loss is {options.Loss}: its gradients "
                + $"get noisier, not calmer.",
                $"Take uniform steps, or {nameof(LossKind)}.{nameof(LossKind.VariationalBound)}.");
    }
}
