namespace Ddpm.Formats;

/// <summary>Numbers or truth values, columns first: item (r, c) of R x C is at c · R + r.</summary>
internal sealed class MatNumericArray : MatValue
{
    internal MatNumericArray(IReadOnlyList<long> dimensions, MatClass kind, bool isLogical, MatNumbers real, MatNumbers? imaginary)
        : base(dimensions) => (Class, IsLogical, Real, Imaginary) = (kind, isLogical, real, imaginary);

    /// <summary>0 x 0 double, which level 5 writes as nothing.</summary>
    internal static MatNumericArray Empty { get; } = new([0, 0], MatClass.Double, false, new MatNumbers(MatNumberType.Double, default), null);

    /// <summary>What MATLAB takes them for, <see cref="MatClass.Double"/> to <see cref="MatClass.UInt64"/>.</summary>
    internal MatClass Class { get; }

    /// <summary>Whether they are truth values: 0 is false, all else is true.</summary>
    internal bool IsLogical { get; }

    /// <summary>The values, or their real parts.</summary>
    internal MatNumbers Real { get; }

    /// <summary>The imaginary parts; null if the values are real.</summary>
    internal MatNumbers? Imaginary { get; }
}
