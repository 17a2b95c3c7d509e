using System.Diagnostics;

namespace Ddpm.Tests.Samples;

/// <summary>A sample run as a user runs it: a process of its own.</summary>
internal static class SampleProgram
{
    /// <summary>The folder of the solution.</summary>
    internal static string Root { get; } = FindRoot();

    internal static (int ExitCode, string Output, string Error) Run(string sample, params IEnumerable<string> arguments)
    {
        // This assembly lies in bin/<configuration>/<framework>, and so does every sample's.
        var output = Path.GetRelativePath(Path.Combine(Root, "Ddpm.Tests"), AppContext.BaseDirectory);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(Root, "samples", sample, output, sample + ".dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, text, error.Result);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Ddpm.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("Ddpm.sln is not above the tests.");
        return folder.FullName;
    }
}
