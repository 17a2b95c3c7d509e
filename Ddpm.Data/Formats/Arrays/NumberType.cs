namespace Ddpm.Formats;

/// <summary>How the numbers of an array are stored.</summary>
internal enum NumberType
{
    /// <summary>Truth values, 0 or 1 in a byte each.</summary>
    Bool,
    /// <summary>Signed bytes.</summary>
    Int8,
    /// <summary>Bytes.</summary>
    UInt8,
    /// <summary>Signed 16-bit integers.</summary>
    Int16,
    /// <summary>Unsigned 16-bit integers.</summary>
    UInt16,
    /// <summary>Signed 32-bit integers.</summary>
    Int32,
    /// <summary>Unsigned 32-bit integers.</summary>
    UInt32,
    /// <summary>Signed 64-bit integers.</summary>
    Int64,
    /// <summary>Unsigned 64-bit integers.</summary>
    UInt64,
    /// <summary>16-bit floating point.</summary>
    Half,
    /// <summary>32-bit floating point.</summary>
    Single,
    /// <summary>64-bit floating point.</summary>
    Double,
}
