using System.Numerics;
using System.Runtime.InteropServices;

namespace Ddpm.Formats;

/// <summary>An array of numbers in memory as they are stored; they become wider only where they are copied out.</summary>
/// <param name="Type">What they are.</param>
/// <param name="Sizes">How many along each axis; none: a single value.</param>
/// <param name="Bytes">The values, the last index running fastest, in this machine's byte order.</param>
internal sealed record NumberArray(NumberType Type, IReadOnlyList<long> Sizes, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Copies the values out as another type; truth values become 0 and 1.</summary>
    /// <typeparam name="T">double holds all but large 64-bit integers exactly; where an integer type meets fractions, they are cut off.</typeparam>
    /// <exception cref="OverflowException">A value does not fit.</exception>
    internal T[] ToArray<T>() where T : struct, INumberBase<T> => Type switch
    {
        NumberType.Bool or NumberType.UInt8 => Convert<byte, T>(),
        NumberType.Int8 => Convert<sbyte, T>(),
        NumberType.Int16 => Convert<short, T>(),
        NumberType.UInt16 => Convert<ushort, T>(),
        NumberType.Int32 => Convert<int, T>(),
        NumberType.UInt32 => Convert<uint, T>(),
        NumberType.Int64 => Convert<long, T>(),
        NumberType.UInt64 => Convert<ulong, T>(),
        NumberType.Half => Convert<Half, T>(),
        NumberType.Single => Convert<float, T>(),
        _ => Convert<double, T>(),
    };

    private T[] Convert<TStored, T>() where TStored : struct, INumberBase<TStored> where T : struct, INumberBase<T>
    {
        var stored = MemoryMarshal.Cast<byte, TStored>(Bytes.Span);
        if (typeof(TStored) == typeof(T))
            return MemoryMarshal.Cast<TStored, T>(stored).ToArray();
        var values = new T[stored.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = T.CreateChecked(stored[i]);
        return values;
    }
}
