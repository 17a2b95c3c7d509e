using System.Numerics;

namespace Ddpm.Formats;

/// <summary>
/// Equality of keys as in Python: 1, 1.0 and True are the same. Hashes start from a number that differs in each process, so that no file can be made
/// of keys that collide.
/// </summary>
internal sealed class PickleKeys : IEqualityComparer<object>
{
    private const double Limit = 1L << 62;    // below it every whole double is a long

    internal static readonly PickleKeys Comparer = new();

    private PickleKeys() { }

    /// <summary>Whether a value may be a key. Hashing nested tuples would take time that doubles with each level.</summary>
    internal static bool Allows(object value) =>
        value is PickleNone or bool or long or BigInteger or string || (value is double number && !double.IsNaN(number));

    /// <summary>Whether Python may use a value as a key that has no name here.</summary>
    internal static bool HasNoName(object value) => value is object[] or PickleOpaque;

    public new bool Equals(object? x, object? y) => Normal(x!).Equals(Normal(y!));

    public int GetHashCode(object value) => Normal(value) switch
    {
        long number => HashCode.Combine((int)number, (int)(number >> 32)),
        double number => HashCode.Combine((int)BitConverter.DoubleToInt64Bits(number), (int)(BitConverter.DoubleToInt64Bits(number) >> 32)),
        var other => other.GetHashCode(),
    };

    private static object Normal(object value) => value switch
    {
        bool truth => truth ? 1L : 0L,
        double number and > -Limit and < Limit when number == Math.Floor(number) => (long)number,
        double number and (<= -Limit or >= Limit) when double.IsFinite(number) => new BigInteger(number),
        _ => value,
    };
}
