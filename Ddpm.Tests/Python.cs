using System.Diagnostics;

namespace Ddpm.Tests;

/// <summary>The machine's own Python with NumPy, for tests of what it reads; they are skipped where there is none.</summary>
internal static class Python
{
    private static readonly string[] Places = ["/usr/bin/python3", "/usr/local/bin/python3"];

    /// <summary>Runs a program, which must end well.</summary>
    /// <returns>What it printed, without the last line's end.</returns>
    internal static string Run(string program, params string[] arguments)
    {
        var python = Places.FirstOrDefault(place => File.Exists(place) && Start(place, ["-c", "import numpy"]).Code == 0);
        if (python is null)
            Assert.Ignore("There is no Python with NumPy on this machine.");
        var (code, output, error) = Start(python!, ["-c", program, .. arguments]);
        Assert.That(code, Is.Zero, error);
        return output.TrimEnd('\n');
    }

    private static (int Code, string Output, string Error) Start(string python, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
