using System.Runtime.Intrinsics.X86;

namespace Ddpm;

/// <summary>
/// What the processor says of its caches. Some virtual machines hide them, and libtorch's oneDNN plans its convolutions by their sizes.
/// </summary>
internal static class ProcessorCaches
{
    // Where Intel's processors and AMD's list their caches, one a subleaf; and what tells which leaves there are.
    private const int Intel = 4, Amd = unchecked((int)0x8000001D), Extended = unchecked((int)0x80000000);

    // Every processor with AVX has a first-level cache of at least 16 KiB.
    private const long SmallestFirstLevel = 16 << 10;

    /// <summary>Whether this processor, of the x86 family, says nothing of a first-level cache for data that could be true.</summary>
    internal static bool AreHidden { get; } =
        X86Base.IsSupported
        && FindHidden((leaf, subleaf) => X86Base.CpuId(leaf, subleaf) is var (a, b, c, _) ? ((uint)a, (uint)b, (uint)c) : default);

    /// <param name="cpuid">EAX, EBX and ECX by leaf and subleaf.</param>
    internal static bool FindHidden(Func<int, int, (uint A, uint B, uint C)> cpuid)
    {
        var leaves = new List<int>();
        if (cpuid(0, 0).A >= Intel)
            leaves.Add(Intel);
        if (cpuid(Extended, 0).A >= unchecked((uint)Amd))
            leaves.Add(Amd);
        return !leaves.Any(leaf => FirstLevel(leaf, cpuid) >= SmallestFirstLevel);
    }

    // The bytes of the first-level cache for data, or for both; 0 if none is listed.
    private static long FirstLevel(int leaf, Func<int, int, (uint A, uint B, uint C)> cpuid)
    {
        const int Most = 8, Data = 1, Both = 3;
        for (var subleaf = 0; subleaf < Most; subleaf++)
        {
            var (a, b, c) = cpuid(leaf, subleaf);
            var (type, level) = (a & 31, (a >> 5) & 7);
            if (type == 0)
                return 0;
            if (level == 1 && type is Data or Both)
                return ((long)(b >> 22) + 1) * (((b >> 12) & 0x3FF) + 1) * ((b & 0xFFF) + 1) * ((long)c + 1);       // ways, partitions, line, sets
        }
        return 0;
    }
}
