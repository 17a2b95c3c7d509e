namespace Ddpm;

/// <summary>Settings that are one of a few: a number cast to the enumeration may be none of them.</summary>
internal static class EnumArgument
{
    /// <param name="value">What was given.</param>
    /// <param name="name">The argument or property.</param>
    /// <param name="what">What it is, for the message: "The variance".</param>
    /// <exception cref="ArgumentOutOfRangeException">It is none of them.</exception>
    internal static T Check<T>(T value, string name, string what)
        where T : struct, Enum =>
        Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(name, value, $"{what} must be one of {typeof(T).Name}.");
}
