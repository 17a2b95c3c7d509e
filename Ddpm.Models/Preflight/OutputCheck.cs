namespace Ddpm.Training;

/// <summary>Whether the output folder takes what a run writes.</summary>
internal static class OutputCheck
{
    // Two that are kept, and one that is being written; of the model the old one and the new one.
    private const int States = 3, Models = 2;

    internal static IEnumerable<TrainingFinding> Of(TrainingPlan plan)
    {
        if (plan.Output is not { } folder)
            yield break;
        if (OutputFolder.WhyNotWritable(folder) is { } reason)
        {
            yield return new(FindingSeverity.Fault, TrainingFindingKind.OutputNotWritable, reason, "Name another folder.");
            yield break;
        }
        var needed = States * plan.StateBytes + Models * plan.WeightBytes;
        if (OutputFolder.Room(folder) is { } room && room < needed)
            yield return new(
                room < needed / 2 ? FindingSeverity.Fault : FindingSeverity.Warning, TrainingFindingKind.OutputTooSmall,
                $"{folder} has room for {Amount.Of(room)}, but {States} states of {Amount.Of(plan.StateBytes)} and {Models} models of "
                + $" {Amount.Of(plan.WeightBytes)} take {Amount.Of(needed)}.",
                "Make room, or name a folder on another disk.");
    }
}
