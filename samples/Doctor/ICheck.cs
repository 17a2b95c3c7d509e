namespace Ddpm.Samples;

/// <summary>Looks at one thing.</summary>
internal interface ICheck
{
    /// <summary>What it may find.</summary>
    IReadOnlyList<FindingKind> Kinds { get; }

    /// <summary>Looks, and changes nothing.</summary>
    IEnumerable<Finding> Look(Patient patient, CancellationToken stop);
}
