using System.Globalization;

namespace Ddpm.Tests.Samples;

/// <summary>Signals that a process ignores; what it starts ignores them too.</summary>
internal static class SignalsAreIgnored
{
    /// <summary>Whether this process ignores a signal, by Linux's number; elsewhere nothing is known and the answer is no.</summary>
    internal static bool OfThisProcess(int signal)
    {
        const string Status = "/proc/self/status", Ignored = "SigIgn:";
        if (!File.Exists(Status) || File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(Ignored, StringComparison.Ordinal)) is not { } mask)
            return false;
        return (ulong.Parse(mask[Ignored.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (signal - 1) & 1) != 0;
    }
}
