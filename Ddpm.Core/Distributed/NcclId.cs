using System.Runtime.InteropServices;

namespace Ddpm.Distributed;

/// <summary>What one process makes and all others join by: ncclUniqueId, 128 bytes that NCCL alone understands.</summary>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
internal readonly struct NcclId
{
    internal const int Bytes = 128;
}
