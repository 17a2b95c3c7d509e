using System.CommandLine;

namespace Ddpm.Samples;

/// <summary>The process that a model is trained for, or that a file of weights was; names as in the reference programs.</summary>
internal sealed class ScheduleFlags
{
    private readonly Option<int> steps = new("--timesteps") { Description = "T, the steps of the process.", DefaultValueFactory = _ => 1000 };
    private readonly Option<double?> first = new("--beta_start")
        { Description = "beta of the first step, for linear, scaled_linear and sigmoid; by default 0.0001 times 1000/timesteps." };
    private readonly Option<double?> last = new("--beta_end")
        { Description = "beta of the last step, for the same; by default 0.02 times 1000/timesteps." };
    private readonly Option<string> kind = new Option<string>("--schedule")
        { Description = "linear, scaled_linear, cosine, sigmoid or laplace.", DefaultValueFactory = _ => "linear" }
        .AcceptOnlyFromAmong("linear", "scaled_linear", "cosine", "sigmoid", "laplace");
    private readonly Option<bool> zeroSnr = new("--zero_snr")
        { Description = "The process ends in pure noise (zero terminal SNR), for --prediction V or X0." };

    /// <summary>Adds the flags to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[steps, first, last, kind, zeroSnr])
            command.Options.Add(option);
    }

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
