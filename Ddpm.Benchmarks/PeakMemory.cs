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

    /// <param name="benchmark">An instance of its class, or of the one that the tool makes of it.</param>
    /// <param name="method">Which of its benchmarks.</param>
    /// <param name="parameters">Their values, in the order of their names.</param>
    internal static void Record(object benchmark, string method, IEnumerable<object> parameters)
    {
        var type = benchmark.GetType();
        while (type.Assembly != typeof(PeakMemory).Assembly)
            type = type.BaseType!;
        using var process = Process.GetCurrentProcess();
        if (Of(process) is { } peak)
            Peaks[Key(type, method, parameters)] = peak;
    }

    /// <returns>MB; null where the system does not tell.</returns>
    internal static long? Of(Process process) => process.PeakWorkingSet64 is > 0 and var bytes ? bytes >> 20 : null;

    internal static long? Of(Type benchmark, string method, IEnumerable<object> parameters) =>
        Peaks.TryGetValue(Key(benchmark, method, parameters), out var peak) ? peak : null;

    private static string Key(Type benchmark, string method, IEnumerable<object> parameters) =>
        string.Join(' ', [benchmark.Name, method, .. parameters]);
}
