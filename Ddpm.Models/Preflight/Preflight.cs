namespace Ddpm.Training;

/// <summary>All that is looked at before a run, the most severe first.</summary>
internal static class Preflight
{
    internal static IReadOnlyList<TrainingFinding> Of(TrainingPlan plan, bool measure, CancellationToken cancellationToken)
    {
        var findings = new List<TrainingFinding>();
        findings.AddRange(OutputCheck.Of(plan));
        findings.AddRange(RefusalCheck.OfOptions(plan.Options) is { } refused ? [refused] : OfRecipe(plan, measure, cancellationToken));
        return [.. findings.OrderByDescending(finding => finding.Severity)];
    }

    private static TrainingFinding[] OfRecipe(TrainingPlan plan, bool measure, CancellationToken cancellationToken)
    {
        TrainingFinding[] findings =
        [
            .. RefusalCheck.Of(plan), .. LengthCheck.Of(plan), .. plan.Data is { } data ? ImagesCheck.Of(data, cancellationToken) : [],
            .. ClassesCheck.Of(plan),
            .. ProcessCheck.Of(plan.Process.Path), .. LossCheck.Of(plan.Parameterization, plan.Options), .. RateCheck.Of(plan.Options),
            .. AverageCheck.Of(plan.Options), .. AttentionCheck.Of(plan), MemoryCheck.Of(plan),
        ];
        var isPossible = plan.Data is not null && findings.All(finding => finding.Severity < FindingSeverity.Fault);
        return measure && isPossible ? [.. findings, DurationCheck.Of(plan, cancellationToken)] : findings;
    }
}
