using Ddpm.Training;

namespace Ddpm.Samples;

/// <summary>Something that is wrong or unusual.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Seen">What was seen, with its figures.</param>
/// <param name="Cure">What can be done about it.</param>
internal sealed record Finding(FindingKind Kind, string Seen, string Cure)
{
    public string Id => Kind.Id;

    /// <summary>error, warning or note.</summary>
    public string Severity => Kind.Severity == FindingSeverity.Fault ? "error" : Kind.Severity == FindingSeverity.Warning ? "warning" : "note";

    /// <summary>One line.</summary>
    public override string ToString() => $"{Severity}: {Id}: {Fault.Joined(Seen)} -> {Fault.Joined(Cure)}";
}
