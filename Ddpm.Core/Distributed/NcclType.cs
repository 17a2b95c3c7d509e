namespace Ddpm.Distributed;

/// <summary>ncclDataType_t, those of its values that are used.</summary>
internal enum NcclType
{
    UInt8 = 1,
    Float32 = 7,
    Float64 = 8,
}
