namespace Ddpm.Formats;

/// <summary>How numbers are stored, which may be narrower than their class; the numbers are those of level 5.</summary>
internal enum MatNumberType
{
    /// <summary>Signed bytes.</summary>
    Int8 = 1,
    /// <summary>Bytes.</summary>
    UInt8 = 2,
    /// <summary>Signed 16-bit integers.</summary>
    Int16 = 3,
    /// <summary>Unsigned 16-bit integers.</summary>
    UInt16 = 4,
    /// <summary>Signed 32-bit integers.</summary>
    Int32 = 5,
    /// <summary>Unsigned 32-bit integers.</summary>
    UInt32 = 6,
    /// <summary>32-bit floating point.</summary>
    Single = 7,
    /// <summary>64-bit floating point.</summary>
    Double = 9,
    /// <summary>Signed 64-bit integers.</summary>
    Int64 = 12,
    /// <summary>Unsigned 64-bit integers.</summary>
    UInt64 = 13,
}
