using Ddpm.Networks;

namespace Ddpm.Training;

/// <summary>The memory that a step takes, at its highest.</summary>
internal static class MemoryCheck
{
    private const double Most = 0.9;

    internal static TrainingFinding Of(TrainingPlan plan)
    {
        var estimate = MemoryEstimate.Of(plan);
        var there = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var what = FormattableString.Invariant(
            $"Training takes about {Amount.Of(estimate.Total)} of memory: {Amount.Of(estimate.OfWeights)} for weights, gradients, moments and ")
            + FormattableString.Invariant($"averages, {Amount.Of(estimate.OfState)} for a copy of them while it is saved, and ")
            + (estimate.OfImages is { } images
                ? FormattableString.Invariant($"{Amount.Of(images)} for what the network keeps of {plan.AtOnce} images.")
                : "what the network keeps of its images, which is not known.");
        if (!plan.IsOnCpu || estimate.Total < Most * there)
            return new(FindingSeverity.Note, TrainingFindingKind.Memory, what, "");
        return new(
            estimate.Total / 2 > there ? FindingSeverity.Fault : FindingSeverity.Warning, TrainingFindingKind.Memory,
            FormattableString.Invariant($"{what} This machine has {Amount.Of(there)}."),
            $"Set {nameof(TrainingOptions.MicroBatchSize)}, or take a smaller network or smaller images.");
    }
}
