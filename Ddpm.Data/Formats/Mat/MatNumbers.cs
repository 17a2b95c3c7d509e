using System.Numerics;
using System.Runtime.InteropServices;

namespace Ddpm.Formats;

/// <summary>Numbers as they are stored; they become wider only where they are copied out.</summary>
internal sealed class MatNumbers
{
    private readonly ReadOnlyMemory<byte> bytes;

    internal MatNumbers(MatNumberType type, ReadOnlyMemory<byte> bytes) => (Type, this.bytes) = (type, bytes);

    /// <summary>How they are stored.</summary>
    internal MatNumberType Type { get; }

    /// <summary>How many there are.</summary>
    internal int Count => bytes.Length / SizeOf(Type);

    /// <summary>Their bytes, in this machine's byte order.</summary>
    internal ReadOnlySpan<byte> Bytes => bytes.Span;

    /// <summary>Copies them out as another type.</summary>
    /// <typeparam name="T">double holds all but large 64-bit integers exactly; where an integer type meets fractions, they are cut off.</typeparam>
    /// <exception cref="OverflowException">A value does not fit.</exception>
    internal T[] ToArray<T>() where T : struct, INumberBase<T> => Type switch
    {
        MatNumberType.Int8 => Convert<sbyte, T>(),
        MatNumberType.UInt8 => Convert<byte, T>(),
        MatNumberType.Int16 => Convert<short, T>(),
        MatNumberType.UInt16 => Convert<ushort, T>(),
        MatNumberType.Int32 => Convert<int, T>(),
        MatNumberType.UInt32 => Convert<uint, T>(),
        MatNumberType.Single => Convert<float, T>(),
        MatNumberType.Double => Convert<double, T>(),
        MatNumberType.Int64 => Convert<long, T>(),
        _ => Convert<ulong, T>(),
    };

    /// <summary>The first of them, not copied.</summary>
    internal MatNumbers First(int count) => new(Type, bytes[..(count * SizeOf(Type))]);

    /// <summary>Whether all are whole numbers that another type can hold.</summary>
    internal bool AllFit(MatNumberType integer)
    {
        var bits = 8 * SizeOf(integer);
        var signed = integer is MatNumberType.Int8 or MatNumberType.Int16 or MatNumberType.Int32 or MatNumberType.Int64;
        var (least, limit) = signed ? (-(Int128.One << (bits - 1)), Int128.One << (bits - 1)) : (Int128.Zero, Int128.One << bits);
        return Type == integer || Type switch
        {
            MatNumberType.Int8 => AllIn<sbyte>(least, limit),
            MatNumberType.UInt8 => AllIn<byte>(least, limit),
            MatNumberType.Int16 => AllIn<short>(least, limit),
            MatNumberType.UInt16 => AllIn<ushort>(least, limit),
            MatNumberType.Int32 => AllIn<int>(least, limit),
            MatNumberType.UInt32 => AllIn<uint>(least, limit),
            MatNumberType.Single => AllIn<float>(least, limit),
            MatNumberType.Double => AllIn<double>(least, limit),
            MatNumberType.Int64 => AllIn<long>(least, limit),
            _ => AllIn<ulong>(least, limit),
        };
    }

    internal static MatNumberType TypeOf(MatClass kind) => kind switch
    {
        MatClass.Double => MatNumberType.Double,
        MatClass.Single => MatNumberType.Single,
        MatClass.Int8 => MatNumberType.Int8,
        MatClass.UInt8 => MatNumberType.UInt8,
        MatClass.Int16 => MatNumberType.Int16,
        MatClass.UInt16 => MatNumberType.UInt16,
        MatClass.Int32 => MatNumberType.Int32,
        MatClass.UInt32 => MatNumberType.UInt32,
        MatClass.Int64 => MatNumberType.Int64,
        MatClass.UInt64 => MatNumberType.UInt64,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "The class must be one of numbers."),
    };

    internal static int SizeOf(MatNumberType type) => type switch
    {
        MatNumberType.Int8 or MatNumberType.UInt8 => 1,
        MatNumberType.Int16 or MatNumberType.UInt16 => 2,
        MatNumberType.Int32 or MatNumberType.UInt32 or MatNumberType.Single => 4,
        _ => 8,
    };

    private T[] Convert<TStored, T>() where TStored : struct, INumberBase<TStored> where T : struct, INumberBase<T>
    {
        if (typeof(TStored) == typeof(T))
            return MemoryMarshal.Cast<byte, T>(Bytes).ToArray();
        var stored = MemoryMarshal.Cast<byte, TStored>(Bytes);
        var values = new T[stored.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = T.CreateChecked(stored[i]);
        return values;
    }

    private bool AllIn<TStored>(Int128 least, Int128 limit) where TStored : struct, INumberBase<TStored>
    {
        foreach (var value in MemoryMarshal.Cast<byte, TStored>(Bytes))
            if (!TStored.IsInteger(value) || Int128.CreateSaturating(value) < least || Int128.CreateSaturating(value) >= limit)
                return false;
        return true;
    }
}
