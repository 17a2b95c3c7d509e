namespace Ddpm.Training;

/// <summary>How much a <see cref="TrainingFinding"/> matters.</summary>
public enum FindingSeverity
{
    /// <summary>Good to know: an estimate, or something that is usual but often overlooked.</summary>
    Note,

    /// <summary>The run would end, but probably not bring what it is meant to.</summary>
    Warning,

    /// <summary>The run would not start, or would fail.</summary>
    Fault,
}
