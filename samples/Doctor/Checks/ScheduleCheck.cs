using Ddpm.Schedules;
using Ddpm.Training;

namespace Ddpm.Samples;

/// <summary>Whether the process leads from images to noise; the library's own check before a training looks at its ends.</summary>
internal sealed class ScheduleCheck : ICheck
{
    /// <summary>What the library's warning of an end that is no noise begins with.</summary>
    public const string EndWords = "After its last step the process should be noise";

    private static readonly FindingKind Signal = FindingKind.Warning("schedule-not-noise"), Nearly = FindingKind.Note("schedule-nearly-noise"),
        Begins = FindingKind.Warning("schedule-begins-in-noise"), Falls = FindingKind.Warning("betas-fall");

    public IReadOnlyList<FindingKind> Kinds { get; } = [Signal, Nearly, Begins, Falls];

    public IEnumerable<Finding> Look(Patient patient, CancellationToken stop)
    {
        if (patient.Diffusion is not { } model)
            yield break;
        foreach (var finding in model.CheckTraining(cancellationToken: stop))
            if (finding.Kind == TrainingFindingKind.ProcessEndsInSignal)
                yield return (finding.Severity == FindingSeverity.Note ? Nearly : Signal).Said(finding.What, finding.Cure);
            else if (finding.Kind == TrainingFindingKind.ProcessBeginsInNoise)
                yield return Begins.Said(finding.What, finding.Cure);
        // Named schedules are what they are; a list may be sorted wrong.
        if (model.Process.Schedule is TabulatedSchedule { Betas: var betas }
            && Enumerable.Range(1, betas.Count - 1).FirstOrDefault(t => betas[t] < betas[t - 1]) is > 0 and var at)
            yield return Falls.Found(
                $"The betas of the list should rise, but beta {at} is {betas[at]:G6} after {betas[at - 1]:G6}.",
                "Compare the list with the one that the network was trained with.");
    }
}
