namespace Ddpm.Training;

/// <summary>Something about a training that is worth knowing before it starts.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="Kind">What it is, for programs.</param>
/// <param name="What">What was found, with its figures: one sentence or more, numbers the same in every culture.</param>
/// <param name="Cure">What can be done about it, a sentence; empty where nothing need be.</param>
public sealed record TrainingFinding(FindingSeverity Severity, TrainingFindingKind Kind, string What, string Cure)
{
    /// <summary>What and cure, as one text.</summary>
    public override string ToString() => Cure.Length == 0 ? What : $"{What} {Cure}";

    internal static TrainingFinding Note(TrainingFindingKind kind, InvariantText what) => new(FindingSeverity.Note, kind, what.ToString(), "");

    internal static TrainingFinding Note(TrainingFindingKind kind, InvariantText what, InvariantText cure) =>
        new(FindingSeverity.Note, kind, what.ToString(), cure.ToString());

    internal static TrainingFinding Warning(TrainingFindingKind kind, InvariantText what, InvariantText cure) =>
        new(FindingSeverity.Warning, kind, what.ToString(), cure.ToString());

    internal static TrainingFinding Fault(TrainingFindingKind kind, InvariantText what) => new(FindingSeverity.Fault, kind, what.ToString(), "");

    internal static TrainingFinding Fault(TrainingFindingKind kind, InvariantText what, InvariantText cure) =>
        new(FindingSeverity.Fault, kind, what.ToString(), cure.ToString());
}
