using System.Runtime.Intrinsics.X86;

namespace Ddpm;

/// <summary>Whether the processor multiplies numbers of bfloat16 itself. libtorch computes with them on every one, but several times slower than in
/// float32 where it does not.</summary>
internal static class ProcessorBFloat16
{
    // Leaf 7 of CPUID lists features: in its subleaf 1 AVX512_BF16 is bit 5 of EAX, in its subleaf 0 AMX-BF16 is bit 22 of EDX.
    private const int Features = 7, Avx512 = 1 << 5, Amx = 1 << 22;

    /// <summary>Of the x86 family; of others it is not known, and they are not said to lack it.</summary>
    internal static bool IsMissing { get; } =
        X86Base.IsSupported
        && Find((leaf, subleaf) => X86Base.CpuId(leaf, subleaf) is var (a, _, _, d) ? (a, d) : default) is false;

    /// <summary>The warning where <see cref="IsMissing"/>.</summary>
    internal static string Slows(string work) =>
        $"This processor has no instructions for bfloat16 (AVX512_BF16 or AMX), so that {work} in it takes several times as long as in float32.";

    /// <param name="cpuid">EAX and EDX by leaf and subleaf; EAX of leaf 0 is the last leaf, EAX of leaf 7 its last subleaf.</param>
    internal static bool Find(Func<int, int, (int A, int D)> cpuid)
    {
        if (cpuid(0, 0).A < Features)
            return false;
        var first = cpuid(Features, 0);
        return (first.D & Amx) != 0 || (first.A >= 1 && (cpuid(Features, 1).A & Avx512) != 0);
    }
}
