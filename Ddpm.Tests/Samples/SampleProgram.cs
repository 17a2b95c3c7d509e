using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace Ddpm.Tests.Samples;

/// <summary>A sample, run as a user runs it, in a process of its own; or, where only its answer to arguments matters, in this one.</summary>
internal static class SampleProgram
{
    // Many times what the longest run takes on a busy machine: a program that hangs is ended and shows what it said.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    private static readonly Lock OneAtATime = new();

    /// <summary>The program of all jobs, which is no sample.</summary>
    internal const string Tool = "Tool";

    /// <summary>The samples' names.</summary>
    internal static IReadOnlyList<string> Names { get; } =
    [
        "QuickStart", "Train", "ForwardProcess", "ReverseProcess", "Interpolate", "Inpaint", "Sample", "Gallery", "Frontier", "Evaluate",
        "CustomParts", "Convert", "Doctor", "ImageGenerator", "ImageSharp", "Onnx", "WebStudio",
    ];

    internal static (int ExitCode, string Output, string Error) Run(string sample, params IEnumerable<string> arguments) =>
        Run(sample, arguments, whenStarted: null);

    /// <param name="sample">Its name.</param>
    /// <param name="arguments">Its command line.</param>
    /// <param name="whenStarted">Told of the process when it has written its first line with <paramref name="sign"/> in it.</param>
    /// <param name="limit">After which it is ended and the test fails.</param>
    /// <param name="sign">Any line, by default.</param>
    internal static (int ExitCode, string Output, string Error) Run(
        string sample, IEnumerable<string> arguments, Action<Process>? whenStarted, TimeSpan? limit = null, string sign = "")
    {
        var (output, error, seen) = (new StringBuilder(), new StringBuilder(), false);
        using var process = new Process { StartInfo = StartOf(sample, arguments) };
        process.OutputDataReceived += (_, line) => Keep(output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(error, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!process.WaitForExit(limit ?? Patience))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            throw new TimeoutException($"{sample} was ended after {limit ?? Patience}. It had said:\n{output}\n{error}");
        }
        process.WaitForExit();        // for the rest of what it said
        return (process.ExitCode, output.ToString(), error.ToString());

        void Keep(StringBuilder text, string? line)
        {
            if (line is null)
                return;
            lock (text)
                text.Append(line).Append('\n');
            if (seen || text != output || !line.Contains(sign, StringComparison.Ordinal))
                return;
            seen = true;
            whenStarted?.Invoke(process);
        }
    }

    /// <summary>How a sample is started as a process of its own.</summary>
    internal static ProcessStartInfo StartOf(string sample, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Library(sample), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        // libtorch's threads spin while they wait for each other: on a machine with other work to do, a run of 15 s took minutes.
        start.Environment.TryAdd("OMP_WAIT_POLICY", "PASSIVE");
        return start;
    }

    /// <summary>Runs a sample's entry point in this process. The console is the process's: one at a time, and given back whatever happens.</summary>
    internal static (int ExitCode, string Output, string Error) Call(string sample, params IEnumerable<string> arguments)
    {
        var entry = Assembly.LoadFrom(Library(sample)).EntryPoint!;
        lock (OneAtATime)
        {
            var (output, error, colors) = (Console.Out, Console.Error, Environment.GetEnvironmentVariable("NO_COLOR"));
            using var said = new StringWriter { NewLine = "\n" };
            using var complained = new StringWriter { NewLine = "\n" };
            try
            {
                Console.SetOut(said);
                Console.SetError(complained);
                // Where the tests themselves run in a terminal, no picture belongs into what is compared.
                Environment.SetEnvironmentVariable("NO_COLOR", "1");
                var code = (int)entry.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [arguments.ToArray()], null)!;
                return (code, said.ToString(), complained.ToString());
            }
            finally
            {
                Console.SetOut(output);
                Console.SetError(error);
                Environment.SetEnvironmentVariable("NO_COLOR", colors);
            }
        }
    }

    // This assembly lies in bin/<configuration>/<framework>, and so does every sample's.
    internal static string Library(string sample)
    {
        var output = Path.GetRelativePath(Repository.At("Ddpm.Tests"), AppContext.BaseDirectory);
        return Path.GetFullPath(Path.Combine(Repository.At("samples"), sample, output, (sample == Tool ? "ddpm" : sample) + ".dll"));
    }
}
