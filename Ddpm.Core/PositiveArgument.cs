namespace Ddpm;

/// <summary>Numbers that are above 0 and finite.</summary>
internal static class PositiveArgument
{
    /// <param name="value">What was given.</param>
    /// <param name="name">The argument or property.</param>
    /// <param name="what">What it is, for the message: "The shift"; null: its name.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is 0, below, infinite or not a number.</exception>
    internal static double Check(double value, string name, string? what = null) => value is > 0 and < double.PositiveInfinity
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{what ?? name} must be above 0 and finite.");
}
