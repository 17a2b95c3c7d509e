using System.CommandLine;
using System.CommandLine.Parsing;
using Ddpm.Schedules;

namespace Ddpm.Samples;

/// <summary>The process that a model is trained for, or that a file of weights was; names as in the reference programs.</summary>
internal sealed class ScheduleFlags
{
    private const int MostSteps = 1_000_000;
    private readonly Option<int> steps = Flag.Whole("--timesteps", "T, the steps of the process.", 1000, most: MostSteps);
    private readonly Option<double?> first = Flag.OptionalNumber(
        "--beta_start", "beta of the first step, for linear, scaled_linear and sigmoid; by default 0.0001 times 1000/timesteps.", 0, 1);
    private readonly Option<double?> last = Flag.OptionalNumber(
        "--beta_end", "beta of the last step, for the same; by default 0.02 times 1000/timesteps.", 0, 1);
    private readonly Option<string> kind =
        Flag.OneOf("--schedule", "How beta rises.", "linear", "linear", "scaled_linear", "cosine", "sigmoid", "laplace");
    private readonly Option<bool> zeroSnr = new("--zero_snr")
        { Description = "The process ends in pure noise (zero terminal SNR), for --prediction V or X0." };

    /// <summary>All of them.</summary>
    public Option[] All => [steps, first, last, kind, zeroSnr];

    /// <summary>Adds the flags to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in All)
            command.Options.Add(option);
        command.Ignored(result => result.ValueOf(kind) is ("cosine" or "laplace") and var name ? $"with {kind.Name} {name}" : null, first, last);
    }

    /// <summary>Whether any of them stands on the command line.</summary>
    public bool AreIn(CommandResult result) => All.Any(result.Has);

    /// <summary>What they say.</summary>
    public INoiseSchedule Of(ParseResult options)
    {
        var (t, start, end) = (options.GetRequiredValue(steps), options.GetValue(first), options.GetValue(last));
        INoiseSchedule schedule = options.GetRequiredValue(kind) switch
        {
            "scaled_linear" => new ScaledLinearSchedule(t, start, end),
            "cosine" => new CosineSchedule(t),
            "sigmoid" => new SigmoidSchedule(t, start, end),
            "laplace" => new LaplaceSchedule(t),
            _ => new LinearSchedule(t, start, end),
        };
        return options.GetValue(zeroSnr) ? new ZeroTerminalSnrSchedule(schedule) : schedule;
    }
}
