using System.CommandLine;
using Ddpm.Samplers;

namespace Ddpm.Samples;

/// <summary>What every sample has in common: --help, one line for whatever is wrong, Ctrl+C.</summary>
internal static class SampleApp
{
    /// <summary>Says what a command does; a tool of several jobs has one command for each. Where it writes is tried out first.</summary>
    public static void Does(Command command, Action<ParseResult, CancellationToken> job) => command.SetAction((parsed, stop) => Task.Run(() =>
    {
        foreach (var output in command.Options.OfType<OutputFlag>())
            output.TryOut(parsed.GetRequiredValue(output));
        job(parsed, stop);
    }, CancellationToken.None));

    /// <inheritdoc cref="Run(string[], RootCommand)"/>
    public static int Run(string[] args, RootCommand command, Action<ParseResult, CancellationToken> job)
    {
        Does(command, job);
        return Run(args, command);
    }

    /// <returns>0; 1 after anything wrong; 130 after Ctrl+C and 143 after SIGTERM.</returns>
    public static int Run(string[] args, RootCommand command)
    {
        using var termination = new Termination();
        try
        {
            var parsed = command.Parse(args);
            if (parsed.Errors.Count > 0)
                return Fail(string.Join(" ", parsed.Errors.Select(error => error.Message).Distinct()) + " Try --help.");
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return parsed.InvokeAsync(configuration, termination.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Interrupted.");
            return termination.ExitCode;
        }
        catch (Exception fault)
        {
            return Fail(Fault.Line(fault));
        }
    }

    /// <summary>A line on the console for whatever is odd but no fault.</summary>
    public static IProgress<string> Warnings { get; } = new Printed();

    /// <summary>Prints what was odd about a model's parts.</summary>
    public static Diffusion Said(this Diffusion diffusion)
    {
        foreach (var warning in diffusion.Warnings)
            Warnings.Report(warning);
        return diffusion;
    }

    /// <summary>Says where a file went.</summary>
    public static void Wrote(string path) => Console.WriteLine($"wrote {path}");

    /// <summary>True for ten frames of a run, evenly spread: after the steps at t = 900, 800, …, 0 of 1,000. The last one is the image.</summary>
    public static bool IsTenth(SamplingFrame frame) => (frame.Step + 1) * 10L / frame.Steps > frame.Step * 10L / frame.Steps;

    private static int Fail(string message)
    {
        Console.Error.WriteLine("error: " + Fault.Joined(message));
        return 1;
    }

    private sealed class Printed : IProgress<string>
    {
        public void Report(string value) => Console.Error.WriteLine("warning: " + Fault.Joined(value));
    }
}
