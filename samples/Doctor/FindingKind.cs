using Ddpm.Training;

namespace Ddpm.Samples;

/// <summary>What a finding can be; docs/doctor.md has a line for each.</summary>
/// <param name="Id">Its name, which scripts may rely on.</param>
/// <param name="Severity">How much it matters.</param>
internal sealed record FindingKind(string Id, FindingSeverity Severity)
{
    public static FindingKind Error(string id) => new(id, FindingSeverity.Fault);

    public static FindingKind Warning(string id) => new(id, FindingSeverity.Warning);

    public static FindingKind Note(string id) => new(id, FindingSeverity.Note);

    /// <summary>A finding of this kind; figures are the same in every culture.</summary>
    public Finding Found(FormattableString seen, string cure) => new(this, FormattableString.Invariant(seen), cure);

    /// <inheritdoc cref="Found(FormattableString, string)"/>
    public Finding Found(FormattableString seen, FormattableString cure) =>
        new(this, FormattableString.Invariant(seen), FormattableString.Invariant(cure));

    /// <summary>A finding in the words of what found it.</summary>
    public Finding Said(string seen, string cure) => new(this, seen, cure);
}
