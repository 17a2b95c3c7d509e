namespace Ddpm.Samples;

/// <summary>What of a checkpoint was ignored when it was opened, and what the library itself finds odd about it.</summary>
internal sealed class DescriptionCheck : ICheck
{
    private static readonly FindingKind Ignored = FindingKind.Note("entries-ignored"), Odd = FindingKind.Warning("odd-model");

    public IReadOnlyList<FindingKind> Kinds { get; } = [Ignored, Odd];

    public IEnumerable<Finding> Look(Patient patient, CancellationToken stop)
    {
        // That a learned variance is ignored has a finding of its own.
        foreach (var ignored in patient.Ignored.Where(ignored => !ignored.Contains("only the first half is used", StringComparison.Ordinal)))
            yield return Ignored.Said(ignored, "Nothing need be done if the images are as they should be.");
        // An end that is no noise has a finding of its own, with more figures.
        foreach (var odd in patient.Diffusion?.Warnings ?? [])
            if (!odd.StartsWith(ScheduleCheck.EndWords, StringComparison.Ordinal))
                yield return Odd.Said(odd, "See what it names; it can be meant.");
    }
}
