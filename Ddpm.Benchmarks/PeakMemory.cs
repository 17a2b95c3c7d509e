using System.Diagnostics;

namespace Ddpm.Benchmarks;

/// <summary>The largest resident memory of each benchmark: native tensors, which the managed diagnoser does not see.</summary>
internal static class PeakMemory
{
    private static readonly Dictionary<string, long> Peaks = [];

    /// <summary>Forgets the peak so far, where the system can (Linux).</summary>
    internal static void Reset()
    {
        if (OperatingSystem.IsLinux())
            File.WriteAllText("/proc/self/clear_refs", "5");
    }

    internal static void Record(string benchmark)
    {
        using var process = Process.GetCurrentProcess();
        Peaks[benchmark] = process.PeakWorkingSet64 >> 20;
    }

    internal static long? Of(string benchmark) => Peaks.TryGetValue(benchmark, out var peak) ? peak : null;
}
