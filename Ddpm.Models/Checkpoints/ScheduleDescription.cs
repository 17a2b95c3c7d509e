using System.Text.Json;
using Ddpm.Schedules;

namespace Ddpm;

/// <summary>A schedule by its kind and numbers; any other by its betas.</summary>
internal sealed record ScheduleDescription
{
    public required string Kind { get; init; }

    public int? Steps { get; init; }

    public double? First { get; init; }

    public double? Last { get; init; }

    public double? Shift { get; init; }

    public IReadOnlyList<double>? Betas { get; init; }

    internal static ScheduleDescription Of(INoiseSchedule schedule) => schedule switch
    {
        LinearSchedule s => new() { Kind = "linear", Steps = s.Betas.Count, First = s.First, Last = s.Last },
        ScaledLinearSchedule s => new() { Kind = "scaled_linear", Steps = s.Betas.Count, First = s.First, Last = s.Last },
        SigmoidSchedule s => new() { Kind = "sigmoid", Steps = s.Betas.Count, First = s.First, Last = s.Last },
        CosineSchedule s => new() { Kind = "cosine", Steps = s.Betas.Count },
        LaplaceSchedule s => new() { Kind = "laplace", Steps = s.Betas.Count },
        EdmSchedule s => new() { Kind = "edm", Steps = s.Betas.Count, First = s.LowestRho, Last = s.HighestRho },
        FlowMatchingSchedule s => new() { Kind = "flow_matching", Steps = s.Betas.Count, Shift = s.Shift },
        _ => new() { Kind = "tabulated", Betas = [.. schedule.Betas] },
    };

    internal INoiseSchedule ToSchedule() => Kind switch
    {
        "linear" => new LinearSchedule(Need(Steps), Need(First), Need(Last)),
        "scaled_linear" => new ScaledLinearSchedule(Need(Steps), Need(First), Need(Last)),
        "sigmoid" => new SigmoidSchedule(Need(Steps), Need(First), Need(Last)),
        "cosine" => new CosineSchedule(Need(Steps)),
        "laplace" => new LaplaceSchedule(Need(Steps)),
        "edm" => new EdmSchedule(Need(Steps), Need(First), Need(Last)),
        "flow_matching" => new FlowMatchingSchedule(Need(Steps), Need(Shift)),
        "tabulated" => new TabulatedSchedule(Betas ?? throw Missing("betas")),
        _ => throw new JsonException(
            $"the schedule must be linear, scaled_linear, sigmoid, cosine, laplace, edm, flow_matching or tabulated, but is '{Kind}'"),
    };

    private T Need<T>(T? value) where T : struct => value ?? throw Missing("steps, first, last and shift as it needs");

    private JsonException Missing(string what) => new($"a {Kind} schedule must have {what}, but some are missing");
}
