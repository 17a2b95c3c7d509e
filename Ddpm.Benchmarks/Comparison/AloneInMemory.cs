using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using static TorchSharp.torch;

namespace Ddpm.Benchmarks;

/// <summary>Measures the memory of one contender in a process of its own, where nobody else's weights and buffers are.</summary>
internal static class AloneInMemory
{
    internal const string Command = "memory-of";
    private const int Calls = 3;

    /// <returns>MB; null where the system does not tell.</returns>
    internal static long? Ask(ContenderKind kind, string network, Device device, int batch)
    {
        string[] own = Path.GetFileNameWithoutExtension(Environment.ProcessPath) is "dotnet" ? [Assembly.GetExecutingAssembly().Location] : [];
        var name = device.type == TorchSharp.DeviceType.CUDA ? "cuda" : "cpu";
        using var process = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath!, [.. own, Command, kind.Key, network, name, batch.ToString(CultureInfo.InvariantCulture)])
        { RedirectStandardOutput = true })!;
        var answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var isTold = long.TryParse(answer, NumberStyles.None, CultureInfo.InvariantCulture, out var peak) && peak > 0;
        return process.ExitCode == 0 && isTold ? peak : null;
    }

    /// <summary>The other end: computes a few times and writes the peak.</summary>
    internal static void Answer(string[] arguments)
    {
        var kind = ContenderKind.All.Single(kind => kind.Key == arguments[0]);
        using var contender = new OwnContender(
            kind, ComparisonArguments.OptionsOf(arguments[1]), device(arguments[2]), int.Parse(arguments[3], CultureInfo.InvariantCulture), null);
        for (var i = 0; i < Calls; i++)
            contender.Call();
        using var process = Process.GetCurrentProcess();
        Console.Write((PeakMemory.Of(process) ?? 0).ToString(CultureInfo.InvariantCulture));
    }
}
