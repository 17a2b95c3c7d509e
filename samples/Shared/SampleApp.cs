using System.CommandLine;
using Ddpm.Samplers;

namespace Ddpm.Samples;

/// <summary>What every sample has in common: --help, one line for whatever is wrong, Ctrl+C.</summary>
internal static class SampleApp
{
    private static bool isSilent;

    /// <summary>
    /// Says what a command does, when all its flags are there. Where the job writes is tried out first; the flags that it was given end up there too.
    /// </summary>
    public static void Does(this Command command, Action<ParseResult, CancellationToken> job) => command.Answers((parsed, stop) =>
    {
        job(parsed, stop);
        return 0;
    });

    /// <summary>The same for a command that ends with an exit code of its own.</summary>
    /// <param name="command">It.</param>
    /// <param name="job">What it does.</param>
    /// <param name="together">Does the job where several processes may do it together, and tells it whether this is the one that writes.</param>
    public static void Answers(
        this Command command, Func<ParseResult, CancellationToken, int> job, Func<ParseResult, Func<bool, int>, int>? together = null)
    {
        together ??= (_, alone) => alone(true);
        var preview = PreviewFlag.AddTo(command);
        if (command.Options.Count > 0)
            command.Options.Add(new ConfigFlag());
        KebabCase.AddTo(command);
        command.SetAction((parsed, stop) => Task.Run(() => together(parsed, writes =>
        {
            if (!writes)
                return job(parsed, stop);
            foreach (var output in command.Options.OfType<OutputFlag>())
                output.TryOut(parsed);
            var code = job(parsed, stop);
            ConfigFile.Write(parsed);
            preview?.Show(parsed);
            return code;
        }), CancellationToken.None));
    }

    /// <inheritdoc cref="Run(string[], RootCommand)"/>
    public static int Run(string[] args, RootCommand command, Action<ParseResult, CancellationToken> job)
    {
        command.Does(job);
        return Run(args, command);
    }

    /// <summary>A program of one command.</summary>
    /// <inheritdoc cref="Run(string[], RootCommand)"/>
    public static int Run(string[] args, Command command)
    {
        var root = new RootCommand(command.Description!) { Action = command.Action };
        foreach (var argument in command.Arguments)
            root.Arguments.Add(argument);
        foreach (var option in command.Options)
            root.Options.Add(option);
        root.Validators.AddRange(command.Validators);
        return Run(args, root);
    }

    /// <returns>The command's own, 0 for most; 1 after anything wrong; 130 after Ctrl+C and 143 after SIGTERM.</returns>
    public static int Run(string[] args, RootCommand command)
    {
        using var termination = new Termination();
        try
        {
            var line = new ConfiguredLine(command, args);
            if (line.Errors.Count > 0)
                return Fail(string.Join(" ", line.Errors) + " Try --help.");
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return line.Parsed.InvokeAsync(configuration, termination.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            if (!isSilent)
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

    /// <summary>From now on nothing is printed but errors: another process prints the same.</summary>
    public static void Silence()
    {
        isSilent = true;
        Console.SetOut(TextWriter.Null);
    }

    /// <summary>Prints what was odd about a model's parts.</summary>
    public static Diffusion Said(this Diffusion diffusion)
    {
        foreach (var warning in diffusion.Warnings)
            Warnings.Report(warning);
        return diffusion;
    }

    /// <summary>Says where a file went.</summary>
    public static void Wrote(string path) => Console.WriteLine($"wrote {path}");

    /// <summary>Draws images with a progress bar, and shows every frame, which is disposed afterwards.</summary>
    public static void Watch(Diffusion diffusion, int count, SamplingOptions sampling, Action<SamplingFrame> show, CancellationToken stop)
    {
        using var line = new ProgressLine("sampling");
        var clock = System.Diagnostics.Stopwatch.StartNew();
        foreach (var frame in diffusion.Stream(count, sampling, stop))
            using (frame)
            {
                line.Report(new SamplingProgress(frame.Step + 1, frame.Steps, frame.IsLast ? count : 0, clock.Elapsed));
                show(frame);
            }
    }

    /// <summary>True for ten frames of a run, evenly spread: after the steps at t = 900, 800, …, 0 of 1,000. The last one is the image.</summary>
    public static bool IsTenth(SamplingFrame frame) => (frame.Step + 1) * 10L / frame.Steps > frame.Step * 10L / frame.Steps;

    private static int Fail(string message)
    {
        Console.Error.WriteLine("error: " + Fault.Joined(message));
        return 1;
    }

    private sealed class Printed : IProgress<string>
    {
        public void Report(string value)
        {
            if (!isSilent)
                Console.Error.WriteLine("warning: " + Fault.Joined(value));
        }
    }
}
