namespace Ddpm;

/// <summary>The parts given to a builder do not fit together; all faults at once.</summary>
public sealed class DiffusionConfigurationException : Exception
{
    internal DiffusionConfigurationException(IReadOnlyList<string> faults)
        : base(string.Join(" ", faults)) => Faults = faults;

    /// <summary>Each fault as a sentence: the rule and the values.</summary>
    public IReadOnlyList<string> Faults { get; }
}
