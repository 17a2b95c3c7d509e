using System.CommandLine;

namespace Ddpm.Samples;

/// <summary>What every sample has in common: --help, one line for bad input, Ctrl+C.</summary>
internal static class SampleApp
{
    /// <summary>Says what a command does; a tool of several jobs has one command for each.</summary>
    public static void Does(Command command, Action<ParseResult, CancellationToken> job) =>
        command.SetAction((parsed, cancellationToken) => Task.Run(() => job(parsed, cancellationToken), CancellationToken.None));

    /// <inheritdoc cref="Run(string[], RootCommand)"/>
    public static int Run(string[] args, RootCommand command, Action<ParseResult, CancellationToken> job)
    {
        Does(command, job);
        return Run(args, command);
    }

    /// <returns>0; 1 after bad input; 130 when interrupted.</returns>
    public static int Run(string[] args, RootCommand command)
    {
        var parsed = command.Parse(args);
        if (parsed.Errors.Count > 0)
            return Fail(string.Join(" ", parsed.Errors.Select(error => error.Message)) + " Try --help.");
        try
        {
            return parsed.Invoke(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = TimeSpan.FromMinutes(2),
            });
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Interrupted.");
            return 130;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException
            or NotSupportedException or DiffusionConfigurationException or TrainingDivergedException)
        {
            return Fail(fault.Message);
        }
    }

    /// <summary>Says where a file went.</summary>
    public static void Wrote(string path) => Console.WriteLine($"wrote {path}");

    /// <summary>True for ten frames of a run, evenly spread: after the steps at t = 900, 800, …, 0 of 1,000. The last one is the image.</summary>
    public static bool IsTenth(SamplingFrame frame) => (frame.Step + 1) * 10 / frame.Steps > frame.Step * 10 / frame.Steps;

    private static int Fail(string message)
    {
        Console.Error.WriteLine("error: " + message.ReplaceLineEndings(" "));
        return 1;
    }
}
