namespace Ddpm.Formats;

/// <summary>The kinds of MATLAB's values; the numbers are those of level 5.</summary>
internal enum MatClass
{
    /// <summary>Values of any kind, each its own.</summary>
    Cell = 1,
    /// <summary>Named fields.</summary>
    Struct = 2,
    /// <summary>Named fields of an old-style class.</summary>
    Object = 3,
    /// <summary>Text.</summary>
    Char = 4,
    /// <summary>A matrix of which only what is not zero is stored.</summary>
    Sparse = 5,
    /// <summary>64-bit floating point.</summary>
    Double = 6,
    /// <summary>32-bit floating point.</summary>
    Single = 7,
    /// <summary>Signed bytes.</summary>
    Int8 = 8,
    /// <summary>Bytes, and truth values.</summary>
    UInt8 = 9,
    /// <summary>Signed 16-bit integers.</summary>
    Int16 = 10,
    /// <summary>Unsigned 16-bit integers.</summary>
    UInt16 = 11,
    /// <summary>Signed 32-bit integers.</summary>
    Int32 = 12,
    /// <summary>Unsigned 32-bit integers.</summary>
    UInt32 = 13,
    /// <summary>Signed 64-bit integers.</summary>
    Int64 = 14,
    /// <summary>Unsigned 64-bit integers.</summary>
    UInt64 = 15,
    /// <summary>A function handle.</summary>
    Function = 16,
    /// <summary>An object of a newer class: string, table, datetime, …</summary>
    Opaque = 17,
}
