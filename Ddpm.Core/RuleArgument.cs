namespace Ddpm;

/// <summary>Arguments and properties that must follow a rule.</summary>
internal static class RuleArgument
{
    /// <param name="holds">Whether the rule holds.</param>
    /// <param name="name">The argument or property.</param>
    /// <param name="value">What was given.</param>
    /// <param name="rule">What it must be: "at least 1".</param>
    /// <exception cref="ArgumentOutOfRangeException">It does not.</exception>
    internal static T Check<T>(bool holds, string name, T value, string rule) =>
        holds ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be {rule}.");
}
