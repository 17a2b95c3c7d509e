namespace Ddpm.Samples;

/// <summary>Whether the states of a run are whole, by their checksums, and what they say.</summary>
internal sealed class StatesCheck : ICheck
{
    private static readonly FindingKind Damaged = FindingKind.Warning("state-damaged"), AllDamaged = FindingKind.Error("no-whole-state"),
        Skipped = FindingKind.Warning("steps-skipped");

    public IReadOnlyList<FindingKind> Kinds { get; } = [Damaged, AllDamaged, Skipped];

    public IEnumerable<Finding> Look(Patient patient, CancellationToken stop)
    {
        var damaged = patient.States.Where(state => state.Fault is not null).ToArray();
        if (damaged.Length > 0 && patient.State is null)
            yield return AllDamaged.Found(
                $"None of {damaged.Length} states is whole: {damaged[0].Fault}",
                "Train again, or copy a state back: the run cannot go on from here.");
        else
            foreach (var state in damaged)
                yield return Damaged.Said(
                    $"{Path.GetFileName(state.Folder)} is not whole: {state.Fault}", "Delete it: the run goes on from a whole one.");
        if (patient.State is { SkippedSteps: > 0 } newest)
            yield return Skipped.Found(
                $"{newest.SkippedSteps} of {newest.Step} steps were skipped, as their loss or gradient was not finite.",
                "Lower the learning rate, or clip the gradient; a few in bfloat16 are usual.");
    }
}
