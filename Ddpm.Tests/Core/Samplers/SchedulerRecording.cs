using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ddpm.Tests.Core.Samplers;

/// <summary>
/// A scheduler as recorded: its configuration becomes a file that the library reads, and what its calls were told becomes settings.
/// </summary>
internal sealed class SchedulerRecording(JsonElement recording)
{
    private readonly JsonElement config = recording.GetProperty("all_config");

    private string Class => recording.GetProperty("class").GetString()!;

    private int? Count => recording.FindInteger("steps");

    private bool IsEdm => Class.StartsWith("EDM", StringComparison.Ordinal);

    /// <summary>Whether the recorded states keep the image's size: x/α in our terms.</summary>
    internal bool IsInRho => new[] { "EDM", "Euler", "Heun", "LMS", "KDPM2" }.Any(name => Class.StartsWith(name, StringComparison.Ordinal));

    /// <summary>Whether the network's output is minus what the library takes it for: EDM's F is -v.</summary>
    internal bool IsNegative => IsEdm && Text("prediction_type") == "epsilon";

    /// <summary>Of the generator that draws the noise.</summary>
    internal ulong Seed => (ulong)(recording.FindInteger("seed") ?? 0);

    internal string Variance => Text("variance_type") ?? "";

    /// <summary>The process, the sampler and the prediction, for a network that is a formula.</summary>
    internal DiffusionBuilder Builder()
    {
        if (IsEdm || Class == "IPNDMScheduler")
            return OfAnotherInput();
        using var folder = new TemporaryFolder();
        var file = JsonSerializer.SerializeToNode(config)!.AsObject();
        file["_class_name"] = Class;
        File.WriteAllText(folder.File("scheduler_config.json"), file.ToJsonString());
        return new DiffusionBuilder().WithScheduler(
            folder.File("scheduler_config.json"),
            new() { Steps = Count, Eta = Argument("eta"), UseClippedOutput = Argument("use_clipped_model_output") is 1 });
    }

    /// <summary>What a call says beside the configuration.</summary>
    internal GridSampler WithArguments(GridSampler sampler) =>
        Count is null
            ? sampler with
            {
                Spacing = TimestepSpacing.List([.. recording.GetProperty("timesteps").EnumerateArray().Select(t => (int)t.GetDouble())]),
            }
        : sampler is EulerSampler euler && Argument("s_churn") is { } amount
            ? euler with
            {
                Churn = new()
                {
                    Amount = amount,
                    LowestRho = Argument("s_tmin") ?? 0,
                    HighestRho = Argument("s_tmax") ?? double.PositiveInfinity,
                    Noise = Argument("s_noise") ?? 1,
                },
            }
        : sampler;

    // Networks that are shown or told something else than x and t have no file here.
    private DiffusionBuilder OfAnotherInput()
    {
        var n = Count!.Value;
        var (sampler, spacing, parameterization) = Class switch
        {
            "IPNDMScheduler" => (
                new IpndmSampler(), Sines(n), Parameterization.V with { TimeInput = TimeConditioning.Angle, TimeFactor = 2 / Math.PI }),
            "EDMEulerScheduler" => (
                new EulerSampler(), EdmLevels(n), Parameterization.Edm(Number("sigma_data")) with { Prediction = PredictionType.V }),
            _ => ((GridSampler)new DpmSolver
            {
                Order = config.GetProperty("solver_order").GetInt32(),
                Eta = Text("algorithm_type")!.StartsWith("sde", StringComparison.Ordinal) ? 1 : 0,
                Solver = Text("solver_type") == "heun" ? DpmSolverType.Heun : DpmSolverType.Midpoint,
                LowerOrderFinal = config.GetProperty("lower_order_final").GetBoolean(),
                EulerAtFinal = config.GetProperty("euler_at_final").GetBoolean(),
            }, EdmLevels(n), Parameterization.Edm(Number("sigma_data")) with { Prediction = PredictionType.V }),
        };
        // EDM's levels are its own; what its schedule is does not matter, nor does iPNDM's.
        return new DiffusionBuilder()
            .WithSampler(sampler with { Spacing = spacing, MatchesDiffusers = true })
            .WithPrediction(new PredictorOptions { Parameterization = parameterization, Clip = null });
    }

    private TimestepSpacing EdmLevels(int n) => Text("sigma_schedule") == "exponential"
        ? TimestepSpacing.Exponential(n, Number("sigma_max"), Number("sigma_min"))
        : TimestepSpacing.Karras(n, Number("sigma_max"), Number("sigma_min"), Number("rho"));

    private static TimestepSpacing Sines(int n) => TimestepSpacing.Levels(
        [.. Enumerable.Range(0, n).Select(j => Math.Pow(Math.Sin(Math.PI / 2 * (1 - (double)j / n)), 2)).Select(σ => σ / Math.Sqrt(1 - σ * σ))]);

    // A flag is 1 or 0.
    private double? Argument(string name) => recording.Find("step")?.Find(name) switch
    {
        { ValueKind: JsonValueKind.Number } number => number.GetDouble(),
        { ValueKind: JsonValueKind.True } => 1,
        { } => 0,
        null => null,
    };

    private string? Text(string name) =>
        config.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private double Number(string name) => config.GetProperty(name).GetDouble();
}
